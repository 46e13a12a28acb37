"""How a meeting changes its mind: repeats are merged, corrections applied, withdrawn items dropped.

What belongs here: the order of findings over the meeting. What does not: finding them (see ``commitments``, ``decisions``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.cues import TAKEN_BACK, refuses
from artifact_assets.extraction.deterministic.findings import Finding
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.wording import gist, same_matter

NEARBY_SENTENCES = 4
# Who promised something may take longer to talk themselves out of it.
OWN_SENTENCES = 10
MAX_QUOTES = 4
_TOPICAL = re.compile(r"^(?:no need|you don't|let's not|hold off|we don't need|i can't|leave |don't )")
_CHANGE = pattern(
    r"\b(?:instead|actually|make (?:it|that)|rather|sorry|on second thought|changed my mind|let's say|better)\b"
)
_DROPPED = pattern(
    r"""\b(?:don't|do not|no longer|not going to|won't|no need to|take (?:back|off|me (?:off|out))
    |(?:can't|cannot) (?:do|give|offer|promise|send|get)|drop|cancel|withdraw|forget|scratch|strike|skip|hold off)\b"""
)
_CORRECTS = re.compile(r"\b(?:no|actually|instead|rather|better|sorry)\b")
_SAME_THING = re.compile(r"\s+(?:it|that|this|them|so)\b")
_DECLINED = re.compile(r"\b(?:don't|no need|not necessary|please not)\b")


def revised(scene: Scene, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that still hold at the end of the meeting, in order, each thing once."""
    arriving: dict[int, list[Finding]] = {}
    for finding in findings:
        arriving.setdefault(finding.position, []).append(finding)
    holding: list[Finding] = []
    for sentence in scene.talk.sentences:
        fresh = arriving.get(sentence.position, [])
        gone = _withdrawn(sentence, holding) if holding else None
        if gone is not None:
            holding.remove(gone)
        elif holding and not fresh:
            _redate(scene, sentence, holding)
            _hand_over(scene, sentence, holding)
        for finding in _one_per_matter(fresh):
            _take_in(scene, finding, holding)
    return tuple(sorted(holding, key=lambda finding: (finding.position, finding.kind)))


def _withdrawn(sentence: Sentence, holding: list[Finding]) -> Finding | None:
    """The finding this sentence takes back."""
    earlier = [f for f in reversed(holding) if f.last <= sentence.position and f.position != sentence.position]
    match = TAKEN_BACK.search(sentence.lower)
    if match is not None:
        matter = gist(sentence.lower[match.end() :]) or gist(sentence.lower)
        about = next((f for f in earlier if same_matter(matter, gist(f.text), 0.5)), None)
        if about is not None or _TOPICAL.match(match[0]):
            return about
        return next((f for f in earlier if _within_reach(sentence, f)), None)
    dropped = _DROPPED.search(sentence.lower)
    if dropped is None or sentence.asks:
        return None
    matter = gist(sentence.lower[dropped.end() :])
    if dropped[0].startswith("take me"):
        return next((f for f in earlier if f.owner == sentence.speaker and matter & gist(f.text)), None)
    if len(matter) < 2:
        return None
    return next(
        (f for f in earlier if len(gist(f.text) & matter) >= 2 and same_matter(gist(f.text), matter, 0.75)), None
    )


def _within_reach(sentence: Sentence, finding: Finding) -> bool:
    own = finding.owner is not None and finding.owner == sentence.speaker
    return sentence.position - finding.last <= (OWN_SENTENCES if own else NEARBY_SENTENCES)


def _redate(scene: Scene, sentence: Sentence, holding: list[Finding]) -> None:
    """Apply "actually, make it Thursday" said right after an item with another date."""
    if _CHANGE.search(sentence.lower) is None:
        return
    due = scene.due(sentence.text)
    if due is None:
        return
    for at in range(len(holding) - 1, -1, -1):
        finding = holding[at]
        if sentence.position - finding.last > NEARBY_SENTENCES:
            return
        if finding.due is not None and finding.kind is not ItemKind.DECISION:
            quotes = (*finding.quotes, scene.quote(sentence))[-MAX_QUOTES:]
            holding[at] = replace(finding, due=due, quotes=quotes, last=sentence.position)
            return


def _hand_over(scene: Scene, sentence: Sentence, holding: list[Finding]) -> None:
    """Apply "no, Maria will do it" said right after a promise of somebody else."""
    match = scene.people.assignment.search(sentence.lower)
    owner = scene.people.named(match["name"]) if match else None
    if match is None or owner is None or _CORRECTS.search(sentence.lower) is None:
        return
    if _SAME_THING.match(sentence.lower, match.end()) is None:
        return
    last = holding[-1]
    if last.kind is ItemKind.ACTION_ITEM and sentence.position - last.last <= NEARBY_SENTENCES:
        quotes = (*last.quotes, scene.quote(sentence))[-MAX_QUOTES:]
        holding[-1] = replace(last, owner=owner, quotes=quotes, last=sentence.position)


def _one_per_matter(fresh: list[Finding]) -> list[Finding]:
    """Of one sentence's findings: a promise hides a next step, and a next step hides a decision no surer than it."""
    promised = any(f.kind is ItemKind.ACTION_ITEM and f.firm for f in fresh)
    step = next((f for f in fresh if f.kind is ItemKind.NEXT_STEP and not promised), None)
    return [
        f
        for f in fresh
        if not (f.kind is ItemKind.NEXT_STEP and promised)
        and not (f.kind is ItemKind.DECISION and step is not None and f.confidence <= step.confidence)
    ]


def _take_in(scene: Scene, finding: Finding, holding: list[Finding]) -> None:
    """Add a finding, or let it repeat or replace one that holds."""
    for at in range(len(holding) - 1, -1, -1):
        changed = _united(scene, holding[at], finding)
        if changed is not None:
            holding[at] = changed
            return
    if not _declined(scene, finding):
        holding.append(finding)


def _united(scene: Scene, other: Finding, finding: Finding) -> Finding | None:
    """What ``other`` becomes when ``finding`` is about the same matter; None when it is not."""
    if other.kind is not finding.kind:
        return None
    matter = gist(finding.text)
    accepting = other.last == finding.position and other.owner == finding.owner and len(matter) <= 1
    if not (accepting or same_matter(matter, gist(other.text))):
        return None
    lower = scene.talk.sentences[finding.position].lower
    if finding.kind is ItemKind.DECISION and _CHANGE.search(lower) and other.position != finding.position:
        return finding
    if finding.owner != other.owner and finding.owner is not None and other.owner is not None:
        return finding if "instead" in lower and finding.firm else None
    return _merged(other, finding)


def _declined(scene: Scene, finding: Finding) -> bool:
    """Whether a promise is turned down by the next speaker ("no, don't")."""
    if finding.kind is not ItemKind.ACTION_ITEM or finding.last != finding.position:
        return False
    reply = next(scene.talk.replies(scene.talk.sentences[finding.position], 1), None)
    return reply is not None and refuses(reply.lower) and _DECLINED.search(reply.lower) is not None


def _merged(first: Finding, later: Finding) -> Finding:
    said, again = len(gist(first.text)), len(gist(later.text))
    surer = later.confidence > first.confidence and again >= said
    text = later.text if surer or (later.firm and again > said + 2) else first.text
    quotes = tuple(dict.fromkeys((*first.quotes, *later.quotes)))
    return replace(
        first,
        text=text,
        last=max(first.last, later.last),
        quotes=quotes if len(quotes) <= MAX_QUOTES else (*quotes[:2], *quotes[2 - MAX_QUOTES :]),
        confidence=max(first.confidence, later.confidence),
        owner=first.owner or later.owner,
        due=later.due or first.due,
        firm=first.firm or later.firm,
    )
