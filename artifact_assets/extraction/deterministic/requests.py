"""What people are asked or told to do: "can you ..." with a yes, "Dan will ...", "you'll ..., Dan".

What belongs here: patterns that make action items out of somebody else's words. What does not: self-commitments (see
``commitments``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from artifact_assets.extraction.deterministic.cues import IN_CALL, assents, doubtful, refuses, told
from artifact_assets.extraction.deterministic.findings import LIKELY, UNSURE, Finding
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.tasks import Task, action_item, task_at
from artifact_assets.extraction.deterministic.verbs import ADVERBS, LIGHT, TALK

_ASK = pattern(
    rf"""\b(?:would you mind|(?:can|could|would|will) you(?! mind)|i (?:need|want) you to|i'd (?:like|love) you to
    |(?:are|would) you (?:be )?(?:able|willing|happy) to|do you want to|please)\s+{ADVERBS}
    (?P<verb>[a-z][a-z-]*)"""
)
_OFFER = pattern(
    rf"\b(?:(?:shall|should) i|do you want me to|want me to|would you like me to|would it help if i)\s+{ADVERBS}"
    r"(?P<verb>[a-z][a-z-]*)"
)
_YOU = pattern(rf"\b(?:you'll|you will|you're going to|you are going to)\s+{ADVERBS}(?P<verb>[a-z][a-z-]*)")
_SMALL = pattern(
    r"""^(?:share (?:a bit|some|your|about|how|what|why|with us)|(?:send|call|put|make|keep|get|do|take|open|run|find|build
    |write|test)\s*[?,]?\s*$)"""
)
# "Can you export to CSV?" asks what a product does and hands nothing over.
_CAPABILITY = pattern(
    r"^(?:export|import|integrate|connect|extend|sync|filter|track|search|disable|enable|transfer|order|run|handle)\b"
)


def requested(scene: Scene, sentence: Sentence) -> Iterator[Finding]:
    """Requests and offers of one sentence that the right person says yes to."""
    for trigger, offered in ((_ASK, False), (_OFFER, True)):
        match = trigger.search(sentence.lower)
        if match is None or told(sentence.lower[: match.start()]):
            continue
        task = task_at(scene, sentence, match)
        if _is_work(task, offered=offered):
            yield from _answered(scene, sentence, task, offered=offered)


def _is_work(task: Task, *, offered: bool) -> bool:
    if "mind" in task.opening:
        task = replace(task, verb=task.verb.removesuffix("ing"))
    if not (task.is_task or task.has_company) or _SMALL.match(task.clause) or IN_CALL.search(task.clause):
        return False
    return offered or task.due is not None or _CAPABILITY.match(task.clause) is None


def _answered(scene: Scene, sentence: Sentence, task: Task, *, offered: bool) -> Iterator[Finding]:
    addressed = None if offered else scene.people.addressed(sentence.lower)
    reply = _reply(scene, sentence, addressed)
    if reply is None:
        unanswered = addressed is not None and addressed != sentence.speaker and task.due is not None
        if unanswered and not _refused(scene, sentence):
            yield action_item(scene, task, addressed, UNSURE)
        return
    owner = sentence.speaker if offered else (addressed or reply.speaker)
    item = action_item(scene, task, owner, LIKELY if owner and task.has_object else UNSURE)
    due = item.due or scene.due(reply.text)
    yield replace(item, last=reply.position, quotes=(*item.quotes, scene.quote(reply)), due=due)


def _reply(scene: Scene, sentence: Sentence, addressed: str | None) -> Sentence | None:
    """The sentence by which the asked person accepts, or None when they refuse or nobody answers."""
    for reply in scene.talk.replies(sentence, 2):
        if addressed is not None and reply.speaker is not None and reply.speaker != addressed:
            continue
        if refuses(reply.lower):
            return None
        if assents(reply.lower):
            return reply
        if addressed is None:
            return None
    return None


def _refused(scene: Scene, sentence: Sentence) -> bool:
    return any(refuses(reply.lower) for reply in scene.talk.replies(sentence, 2))


def assigned(scene: Scene, sentence: Sentence) -> Iterator[Finding]:
    """Tasks given away: "Dan will ..." about somebody in the meeting, and "you'll ..." to somebody called by name."""
    lower = sentence.lower
    noted = scene.people.noted.search(lower)
    if noted is not None:
        yield from _noted(scene, sentence, noted)
        return
    match = scene.people.assignment.search(lower)
    owner = scene.people.named(match["name"]) if match else None
    if match is None or owner is None:
        match, owner = _YOU.search(lower), scene.people.addressed(lower)
    if match is None or owner is None:
        return
    task = task_at(scene, sentence, match)
    if not task.asked and _is_assignment(task, match):
        yield action_item(scene, task, owner, LIKELY)


def _noted(scene: Scene, sentence: Sentence, match: re.Match[str]) -> Iterator[Finding]:
    """A task as one dictates it: "action item for Dan: update the wiki", "Dan to update the wiki"."""
    name, group = ("name", "verb") if match["name"] else ("who", "what")
    owner = scene.people.named(match[name])
    task = task_at(scene, sentence, match, group)
    if owner is not None and task.is_task and task.has_object and not task.asked and not doubtful(task.clause):
        yield action_item(scene, task, owner, LIKELY)


def _is_assignment(task: Task, match: re.Match[str]) -> bool:
    if match["verb"] in TALK or doubtful(f"{task.before} {task.opening} {task.clause}") or told(task.before):
        return False
    if not task.is_task and not (task.verb in LIGHT and (task.due or task.has_company)):
        return False
    return task.has_object
