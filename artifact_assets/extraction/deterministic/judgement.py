"""Which action items are sure enough to be delivered, and which are only suggested.

What belongs here: what makes an undated promise count, and the use of the scorer's probabilities. What does not: patterns
(see ``commitments``, ``requests``) and the scorer itself (see ``scoring``).

Measured on AMI: of the undated "I'll ..." an annotator's summary calls one in ten an action; the rest is talk about the
meeting at hand. So an undated promise counts when it hands something to somebody, answers a wish, was given by name, or
when the scorer is sure. A date settles it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.commitments import takes
from artifact_assets.extraction.deterministic.cues import IN_CALL, TAKEN_BACK, hypothetical, told
from artifact_assets.extraction.deterministic.findings import UNSURE, Finding
from artifact_assets.extraction.deterministic.lexicon import joined, pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.scoring.model import Floats
from artifact_assets.extraction.deterministic.scoring.weights import Thresholds
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.wording import gist, same_matter, worded

WISH_SENTENCES = 3
LEAST_GIST = 2
_WISH = pattern(
    r"""\b(?:(?:i'd|i would|we'd|we would) (?:rather|like|love|prefer|want)|would be (?:good|great|nice|helpful|useful)
    |(?:somebody|someone|who) (?:should|has to|needs to))\b"""
)
# "I'll ask you" belongs to the meeting at hand, "I'll ask Gareth" does not.
_SENDS = joined(
    r"""^(?:send|e-?mail|forward|share|message|text|ring|introduce|invite)\b(?: (?:it|this|that|these|those|them))?
    (?: over)?(?: to| with)? (?:you|him|her|them|everyone|everybody|all of you)\b"""
)
_TURNS_TO = joined(
    r"""^(?:send|e-?mail|forward|share|message|text|introduce|invite|write|give|get)(?: (?:it|this|that|these|those|them))?
    (?: over)?(?: to| with| for)? """
)
# A name of nobody here: whoever is here would be asked at once.
_NAMES_SOMEBODY = pattern(
    r"""^(?:(?:Follow up with|Reach out to|Get back to) (?:you\b|[A-Z][a-z]+)
    |(?:Talk (?:to|with)|Speak (?:to|with)|Write to|Check with|Ask|Tell|Email|Call|Chase|Remind|Message|Ping)
    \s(?P<name>[A-Z][a-z]+))"""
)
_AHEAD = pattern(
    r"""\b(?:will|'ll|going to|gonna|have to|has to|need to|needs to|should|must|please|supposed to|responsible for|work on
    |task|next meeting|you'll|i'll|we'll)\b|'ll\b"""
)
_BEHIND = re.compile(r"\b(?:was|were) (?:also )?(?:going to|gonna)\b|\bwould have\b|\balready\b")
_STARTS = pattern(
    r"\b(?:i'll|i will|i'm going to|i'm gonna|you'll|you will|you're going to|you have to|will|please)\s+(?:also |just )*"
)


def judged(scene: Scene, findings: tuple[Finding, ...], likely: Floats, thresholds: Thresholds) -> Iterator[Finding]:
    """The findings with undated promises settled, and what only the scorer noticed, in order of the talk."""
    settled = [_settled(scene, finding, likely, thresholds) for finding in findings]
    noticed = list(_noticed(scene, settled, likely, thresholds))
    yield from sorted([*settled, *noticed], key=lambda finding: (finding.position, finding.kind))


def _settled(scene: Scene, finding: Finding, likely: Floats, thresholds: Thresholds) -> Finding:
    if finding.kind is not ItemKind.ACTION_ITEM or not finding.firm or finding.due is not None:
        return finding
    if not gist(finding.text):
        return replace(finding, firm=False, confidence=UNSURE)
    score = float(likely[finding.position : finding.last + 1].max())
    if score >= thresholds.deliver or _supported(scene, finding):
        return finding
    return replace(finding, firm=False, confidence=max(UNSURE, score))


def _supported(scene: Scene, finding: Finding) -> bool:
    """Whether an undated task was handed to or wished for by somebody, taken up, or given by name."""
    sentence = scene.talk.sentences[finding.position]
    if finding.last > finding.position:
        return scene.people.addressed(sentence.lower) is not None or takes(scene.talk.sentences[finding.last])
    if finding.owner != sentence.speaker:
        return True
    lower = finding.text.lower()
    named = _NAMES_SOMEBODY.match(finding.text)
    if named is not None and (named["name"] is None or scene.people.named(named["name"]) is None):
        return True
    if re.match(_SENDS, lower) or re.match(f"{_TURNS_TO}(?:{scene.people.pattern})\\b", lower):
        return True
    return any(
        earlier.speaker != sentence.speaker and _WISH.search(earlier.lower) is not None
        for earlier in scene.talk.before(sentence, WISH_SENTENCES)
    )


def _noticed(scene: Scene, settled: list[Finding], likely: Floats, thresholds: Thresholds) -> Iterator[Finding]:
    """What no rule found and the scorer thinks likely."""
    covered = {at for finding in settled for at in range(finding.position - 1, finding.last + 2)}
    known = [gist(finding.text) for finding in settled]
    for at, score in enumerate(likely.tolist()):
        if score < thresholds.suggest or at in covered:
            continue
        sentence = scene.talk.sentences[at]
        if not _speaks_of_work_ahead(sentence):
            continue
        start = _STARTS.search(sentence.lower)
        text = worded(sentence.text[start.end() if start else 0 :])
        matter = gist(text)
        if len(matter) < LEAST_GIST or any(same_matter(matter, other) for other in known):
            continue
        known.append(matter)
        yield Finding(
            ItemKind.ACTION_ITEM,
            at,
            at,
            text,
            (scene.quote(sentence),),
            score,
            _owner(scene, sentence),
            scene.due(sentence.text),
            firm=score >= thresholds.deliver,
        )


def _speaks_of_work_ahead(sentence: Sentence) -> bool:
    lower = sentence.lower
    if sentence.asks or hypothetical(lower) or told(lower) or IN_CALL.search(lower) or TAKEN_BACK.search(lower):
        return False
    return _AHEAD.search(lower) is not None and _BEHIND.search(lower) is None


def _owner(scene: Scene, sentence: Sentence) -> str | None:
    if re.search(r"\bi(?:'ll| will|'m going to|'m gonna| have to| need to)\b", sentence.lower):
        return sentence.speaker
    match = scene.people.assignment.search(sentence.lower)
    return (scene.people.named(match["name"]) if match else None) or scene.people.addressed(sentence.lower)
