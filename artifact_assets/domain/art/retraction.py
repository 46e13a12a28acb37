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
    near = [(n, end) for n, end in before if back.place[0] - end[0] <= turns]
    # People take back their own words, and say "forget that" of what somebody else talks about.
    own = [(n, end) for n, end in near if _speaker(subjects[n], end) == _speaker_at(subjects[n].scene, back.place)]
    if back.points:
        said = {stem(word) for word in content_words(back.elsewhere)}
        about = [(end, -n) for n, end in own if _shared(wanted[n], said) >= min(_NEEDED, len(said))]
        if about:
            yield -max(about)[1], Code.POSSIBLY_RETRACTED, "takes something back right after it"
    if back.names is not None:
        for n, end in before:
            code = _named(back, back.names, subjects[n], wanted[n], near=(n, end) in near, own=(n, end) in own)
            if code is not None:
                yield n, code, "takes it back"
    if back.corrects:
        for n, end in before:
            if back.place[0] - end[0] <= _VALUE_TURNS and _corrected(subjects[n], back):
                yield n, Code.POSSIBLY_RETRACTED, "names another number right after it"


def _named(
    back: TakeBack, names: str, subject: Subject, wanted: frozenset[str], *, near: bool, own: bool
) -> Code | None:
    """What a retraction that names a thing does to one claim before it."""
    if _same_thing(wanted, names) or (near and _number_dropped(subject, back)):
        return Code.RETRACTED
    return Code.POSSIBLY_RETRACTED if own and _nothing_else(wanted, names) else None


def _speaker(subject: Subject, end: Place) -> str | None:
    return _speaker_at(subject.scene, end)


def _speaker_at(scene: Scene, place: Place) -> str | None:
    return scene.transcript.turns[place[0]].speaker


def _end(subject: Subject, scene: Scene) -> Place | None:
    """Where the last quote ends; None for ungrounded claims and for tags, which no sentence takes back."""
    spans = [span for evidence in subject.evidence for span in evidence.spans]
    if not spans or isinstance(subject.content, Tag):
        return None
    return max((scene.positions[span.turn], span.end - 1) for span in spans)


def _shared(wanted: frozenset[str], said: set[str]) -> int:
    return sum(any(alike(one, other) for other in said) for one in wanted)


def _same_thing(wanted: frozenset[str], after: str) -> bool:
    """Whether what is taken back is the claim: at least two words in common, and the verb is no other one.

    "We are not going to charge you for the workshop" leaves the workshop as it is.
    """
    words = content_words(after)
    shared = _shared(wanted, {stem(word) for word in words})
    if shared < _NEEDED or 2 * shared < len(wanted):
        return False
    return after.split(maxsplit=1)[0] not in words or _shared(wanted, {stem(words[0])}) > 0


def _nothing_else(wanted: frozenset[str], after: str) -> bool:
    """Whether everything that is taken back is named in the claim, if only with one word."""
    said = {stem(word) for word in content_words(after)}
    return bool(said) and all(_shared(frozenset({one}), set(wanted)) for one in said)


def _number_dropped(subject: Subject, back: TakeBack) -> bool:
    """Whether the sentence is "forget the forty" and the claim is 40."""
    if not isinstance(subject.content, FieldUpdate):
        return False
    ours, theirs = mentions_of(words_of(claimed(subject))), mentions_of(back.words)
    return len(ours) == 1 and any(said.backs(ours[0]) for said in theirs)


def _corrected(subject: Subject, back: TakeBack) -> bool:
    """Whether the sentence names one number with another value, where the claim is one number."""
    if not isinstance(subject.content, FieldUpdate):
        return False
    ours, theirs = mentions_of(words_of(claimed(subject))), mentions_of(back.words)
    return len(ours) == 1 and len(theirs) == 1 and not theirs[0].ordinal and not theirs[0].backs(ours[0])
