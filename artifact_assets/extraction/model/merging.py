"""Claims of several chunks and samples become one list.

What belongs here: when two claims are one, and what remains of both. What does not: duplicates within one answer, which
are judged with everything else (see ``domain.art.duplicates``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from artifact_assets.domain.art.likeness import stems, support
from artifact_assets.domain.artifact import ActionItem, Claim, Content, Evidence, FieldUpdate, NextStep, Tag, headline

ALIKE = 0.6
"""Share of the shorter text's words that the longer one must have. Below it, one turn that holds two promises loses one."""


@dataclass
class _Group:
    """Claims that are one. ``answers`` are the answers they come from."""

    claim: Claim
    answers: set[int] = field(default_factory=set[int])


def merged(answers: Sequence[Sequence[Claim]]) -> tuple[Claim, ...]:
    """All claims of the chunks' answers; what a chunk's overlap made appear twice stays once."""
    return tuple(group.claim for group in _groups(answers))


def agreed(samples: Sequence[Sequence[Claim]]) -> tuple[Claim, ...]:
    """Claims of several answers to one question, each with the share of answers that have it as its confidence.

    What half of them or fewer have is only suggested.
    """
    if len(samples) == 1:
        return tuple(samples[0])
    return tuple(
        group.claim.model_copy(
            update={
                "confidence": round(len(group.answers) / len(samples), 4),
                "suggested": 2 * len(group.answers) <= len(samples),
            }
        )
        for group in _groups(samples)
    )


def _groups(answers: Sequence[Sequence[Claim]]) -> list[_Group]:
    groups: list[_Group] = []
    for number, claims in enumerate(answers):
        for claim in claims:
            # Within one answer two claims are two: only another answer can repeat one.
            same = next((g for g in groups if number not in g.answers and _same(g.claim, claim)), None)
            if same is None:
                groups.append(_Group(claim, {number}))
            else:
                same.claim = _both(same.claim, claim)
                same.answers.add(number)
    return groups


def _same(one: Claim, other: Claim) -> bool:
    a, b = one.content, other.content
    if a.kind != b.kind:
        return False
    if isinstance(a, Tag | FieldUpdate):
        return headline(a).casefold() == headline(b).casefold()
    if not _turns(one.evidence) & _turns(other.evidence):
        return False
    shorter, longer = sorted((stems(headline(a)), stems(headline(b))), key=len)
    return headline(a) == headline(b) or (bool(shorter) and support(sorted(shorter), longer) >= ALIKE)


def _turns(evidence: Iterable[Evidence]) -> frozenset[int]:
    return frozenset(turn for quoted in evidence for turn in quoted.turns)


def _both(one: Claim, other: Claim) -> Claim:
    evidence = one.evidence + tuple(quoted for quoted in other.evidence if quoted not in one.evidence)
    return one.model_copy(update={"content": _completed(one.content, other.content), "evidence": evidence})


def _completed(one: Content, other: Content) -> Content:
    """What one left open, the other may know."""
    if not isinstance(one, ActionItem | NextStep):
        return one
    names = [name for name in ("owner", "due", "due_text") if hasattr(one, name) and getattr(one, name) is None]
    return one.model_copy(update={name: getattr(other, name) for name in names})
