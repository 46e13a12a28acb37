"""What people promise of themselves: "I'll ...", "you'll have it by ...", "I'll take that".

What belongs here: patterns that make action items out of the owner's own words. What does not: requests and tasks given
to others (see ``requests``), changes of mind (see ``revisions``), what the group settles (see ``decisions``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.cues import IN_CALL, doubtful, hedged, hypothetical, told, waiting
from artifact_assets.extraction.deterministic.findings import FIRM, LIKELY, UNSURE, Finding
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.tasks import Task, action_item, task_at
from artifact_assets.extraction.deterministic.verbs import ADVERBS, LIGHT, TALK
from artifact_assets.extraction.deterministic.wording import gist, worded

_SELF = pattern(
    rf"""\b(?:i'll|i will|i'm going to|i am going to|i'm gonna|i shall|i promise (?:to|i'll)
    |i commit to|my action(?: item)? is to)\s+{ADVERBS}
    (?P<verb>(?:be )?[a-z][a-z-]*)"""
)
_WEAK = pattern(
    rf"""\b(?:i can|happy to|i'd be (?:happy|glad) to|i need to|i have to|i've got to|i gotta|i must|let me)\s+{ADVERBS}
    (?!(?:inform|tell|ask) you\b)(?P<verb>[a-z][a-z-]*)"""
)
_DELIVERY = pattern(r"\byou(?:'ll| will| should| can expect to) (?P<verb>have|get|receive|expect)\s(?!to\b)")
_TAKE = pattern(
    r"""\b(?:i'll|i can|i will|let me) (?:take|do|handle|own|pick up|sort(?: out)?|look after|take care of)
    \s(?:that|it|this|those|them)(?: one| on| up)?\b(?! (?:as|out|off|from|to|with|away)\b)
    |\bleave (?:it|that|this) (?:with|to) me|\bi'm on it\b|^on it\b|\bi(?:'ve| have) got (?:that|this)(?: one)?[.!,]
    |\bput me down\b|\b(?:that|this)(?: one)?(?:'s| is) (?:on me|mine)\b|\bi(?:'ll| can| will)[.!]?$|\bconsider it done\b"""
)
_NEED = pattern(
    r"""\b(?:(?:someone|somebody|anyone|anybody|one of us|who)(?: (?:here|else))? (?:should|needs? to|has to|must|can|could
    |will|would|wants? to|is going to|ought to)|who's (?:going to|gonna|up for)|we (?:should|need to|have to|must|ought to)
    |needs? (?:somebody|someone) to)\s+(?:also |really |still |probably )*(?P<verb>[a-z][a-z-]*)(?P<rest>[^.?!;]*)
    |(?P<thing>[^.?!;,]+ (?:needs? to be|has to be|have to be) [^.?!;]+)"""
)
_UNSAID = pattern(r"\b(?:don't hold me|kidding|joking)\b")


def promises(scene: Scene, sentence: Sentence) -> Iterator[Finding]:
    """The speaker's own commitments in one sentence."""
    strong = [task_at(scene, sentence, match) for match in _SELF.finditer(sentence.lower)]
    for task in strong:
        if not task.asked:
            yield from _judged(scene, sentence, task)
    if sentence.asks:
        return
    for match in _DELIVERY.finditer(sentence.lower):
        task = task_at(scene, sentence, match)
        if task.due is not None and not doubtful(task.clause) and not told(task.before):
            yield action_item(scene, task, sentence.speaker, LIKELY if task.has_object else UNSURE, whole=True)
    weak = _WEAK.search(sentence.lower) if not strong else None
    if weak is not None:
        task = task_at(scene, sentence, weak)
        names_work = task.is_task or task.has_company or (task.verb in LIGHT and task.has_object)
        if names_work and task.due is not None and not doubtful(sentence.lower) and not told(task.before):
            yield action_item(scene, task, sentence.speaker, LIKELY if task.has_object else UNSURE)


def _judged(scene: Scene, sentence: Sentence, task: Task) -> Iterator[Finding]:
    if told(task.before) or IN_CALL.search(task.clause) or task.no_verb:
        return
    following = next(iter(scene.talk.after(sentence, 1)), None)
    if following is not None and following.speaker == sentence.speaker and _UNSAID.search(following.lower):
        return
    confidence = _worth(task)
    if confidence is not None:
        yield action_item(scene, task, sentence.speaker, confidence)


def _worth(task: Task) -> float | None:
    """How sure a self-commitment is, or None when it is no promise of work."""
    if not task.is_task and (task.verb in TALK or (task.verb not in LIGHT and task.due is None)):
        return None
    if not (task.has_object or task.due):
        return None
    if hypothetical(f"{task.before} {task.clause}") or hedged(f"{task.before} {task.opening}") or hedged(task.clause):
        return UNSURE
    if task.is_task or task.has_company:
        return (
            FIRM
            if task.has_object and not (waiting(task.clause) and task.due is None)
            else LIKELY
            if task.due
            else UNSURE
        )
    if task.verb not in LIGHT or not task.has_object:
        return UNSURE
    return FIRM if task.due is not None else None


def taken(scene: Scene, sentence: Sentence) -> Iterator[Finding]:
    """Promises such as "I'll take that" about something just said to be needed."""
    match = _TAKE.search(sentence.lower)
    if match is None or sentence.asks or sentence.speaker is None or doubtful(sentence.lower):
        return
    for earlier in scene.talk.before(sentence, 4):
        need = _NEED.search(earlier.lower)
        if need is None or hypothetical(earlier.lower) or need["verb"] in TALK:
            continue
        group = "thing" if need["thing"] else "verb"
        text = worded(earlier.text[need.start(group) : need.end()])
        if not gist(text):
            continue
        due = scene.due(sentence.text[match.end() :]) or scene.due(earlier.text)
        quotes = (scene.quote(earlier, need.start()), scene.quote(sentence, match.start()))
        yield Finding(
            ItemKind.ACTION_ITEM, earlier.position, sentence.position, text, quotes, LIKELY, sentence.speaker, due
        )
        return


def takes(sentence: Sentence) -> bool:
    """Whether somebody takes up what was just said to be needed."""
    return _TAKE.search(sentence.lower) is not None
