"""Accuracy over time: what the meeting takes back or replaces later does not stand.

What belongs here: tying sentences that take something back to the claims before them. What does not: the phrases (see
``takebacks``) and negation inside the evidence (see ``polarity``).

A retraction that names the thing ("let's not do the workshop after all") supersedes it. One that only points ("scratch
that") is tied to the claim whose evidence stands closest before it, and holds that claim for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import alike, content_words, stem
from artifact_assets.domain.art.subject import Scene, Subject
from artifact_assets.domain.art.takebacks import TakeBack
from artifact_assets.domain.art.values import claimed
from artifact_assets.domain.artifact import FieldUpdate, RuleFailure, Tag
from artifact_assets.domain.grounding.words import words_of
from artifact_assets.domain.quantities.amounts import mentions_of

_NEEDED = 2
_VALUE_TURNS = 4

Place = tuple[int, int]
"""A position in time order and a character in that turn."""


def retractions(subjects: Sequence[Subject], scene: Scene) -> Mapping[int, tuple[RuleFailure, ...]]:
    """Failures by position in ``subjects``."""
    ends = [_end(subject, scene) for subject in subjects]
    wanted = [frozenset(stem(word) for word in content_words(claimed(subject))) for subject in subjects]
    found: dict[int, list[RuleFailure]] = {}
    for back in scene.takebacks:
        for n, code, what in _against(back, subjects, ends, wanted, scene.policy.retraction_turns):
            found.setdefault(n, []).append(failure(code, f"Turn {back.turn} {what}."))
    return {n: tuple(dict.fromkeys(failures)) for n, failures in found.items()}


def _against(
    back: TakeBack,
    subjects: Sequence[Subject],
    ends: Sequence[Place | None],
    wanted: Sequence[frozenset[str]],
    turns: int,
) -> Iterator[tuple[int, Code, str]]:
    before = [(n, end) for n, end in enumerate(ends) if end is not None and end < back.place]
    if back.points:
        near = max(((end, -n) for n, end in before if back.place[0] - end[0] <= turns), default=None)
        if near is not None:
            yield -near[1], Code.POSSIBLY_RETRACTED, "takes something back right after it"
    if back.names is not None:
        said = {stem(word) for word in content_words(back.names)}
        yield from ((n, Code.RETRACTED, "takes it back") for n, _ in before if _same_thing(wanted[n], said))
    if back.corrects:
        for n, end in before:
            if back.place[0] - end[0] <= _VALUE_TURNS and _corrected(subjects[n], back):
                yield n, Code.POSSIBLY_RETRACTED, "names another number right after it"


def _end(subject: Subject, scene: Scene) -> Place | None:
    """Where the last quote ends; None for ungrounded claims and for tags, which no sentence takes back."""
    spans = [span for evidence in subject.evidence for span in evidence.spans]
    if not spans or isinstance(subject.content, Tag):
        return None
    return max((scene.positions[span.turn], span.end - 1) for span in spans)


def _same_thing(wanted: frozenset[str], said: set[str]) -> bool:
    shared = sum(any(alike(one, other) for other in said) for one in wanted)
    return shared >= min(_NEEDED, len(wanted)) and 2 * shared >= len(wanted) > 0


def _corrected(subject: Subject, back: TakeBack) -> bool:
    """Whether the sentence names one number with another value, where the claim is one number."""
    if not isinstance(subject.content, FieldUpdate):
        return False
    ours, theirs = mentions_of(words_of(claimed(subject))), mentions_of(back.words)
    return len(ours) == 1 and len(theirs) == 1 and not theirs[0].ordinal and not theirs[0].backs(ours[0])
