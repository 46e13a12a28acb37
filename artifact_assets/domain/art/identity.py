"""Which item of a re-extraction is which item known before.

What belongs here: likeness of items, matching, new ids. What does not: storing them (the ledger does) and people's
decisions about them (see ``decisions``).

An id is set once and never recomputed: it is the digest of tenant, meeting, kind and first evidence span at the time an
item was first seen. A model or prompt that words the same thing differently matches the known item and keeps its id.

Splits and merges: the matching is one to one and maximizes total likeness. When one known item comes back as two, the
more alike keeps the id and the other is new. When two come back as one, the more alike id is kept and the other
known item is superseded. So no id ever stands for two things, and nothing delivered is silently renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import token_sort_ratio

from artifact_assets.domain.art.assignment import assign
from artifact_assets.domain.art.judged import JudgedItem
from artifact_assets.domain.art.policy import IdentityPolicy
from artifact_assets.domain.artifact import (
    Content,
    FieldUpdate,
    GroundedEvidence,
    Item,
    ItemState,
    Span,
    Tag,
    headline,
)
from artifact_assets.domain.documents import digest_of, to_bytes
from artifact_assets.domain.grounding.words import normal_text

_ID_LENGTH = 20


@dataclass(frozen=True)
class KnownArtifactItem:
    """An item of this meeting as it was last stored, with the state the ledger has for it.

    ``formerly`` are other wordings it is known under, such as what the extractor said before a person edited it.
    """

    item: Item
    state: ItemState
    formerly: tuple[Content, ...] = ()

    @property
    def wordings(self) -> tuple[Content, ...]:
        """Everything a re-extraction may say for it."""
        return (self.item.content, *self.formerly)


@dataclass(frozen=True)
class Identified:
    """Items with ids, in the order they were judged, and known items that nothing in the new extraction matches.

    ``kept`` and ``added`` are ids: matched to a known item, and new.
    """

    items: tuple[Item, ...]
    superseded: tuple[Item, ...]
    kept: frozenset[str]
    added: frozenset[str]


def assign_ids(
    tenant: str,
    meeting_id: str,
    judged: Sequence[JudgedItem],
    known: Sequence[KnownArtifactItem],
    policy: IdentityPolicy,
) -> Identified:
    """``judged`` with the ids of the known items they match, and new ids for the rest. Order does not matter."""
    matches = _matches(judged, known, policy)
    taken = {entry.item.item_id for entry in known}
    ids: dict[int, str] = {new: known[old].item.item_id for new, old in matches.items()}
    added: set[str] = set()
    for at in sorted(
        (n for n in range(len(judged)) if n not in ids),
        key=lambda n: _new_order(judged[n]),
    ):
        ids[at] = _new_id(tenant, meeting_id, judged[at], taken)
        taken.add(ids[at])
        added.add(ids[at])
    items = tuple(_item(ids[at], entry) for at, entry in enumerate(judged))
    matched = set(matches.values())
    superseded = tuple(
        entry.item.model_copy(update={"state": _unmatched(entry.state)})
        for at, entry in sorted(enumerate(known), key=lambda pair: pair[1].item.item_id)
        if at not in matched
    )
    return Identified(items, superseded, frozenset(ids.values()) - added, frozenset(added))


def _unmatched(state: ItemState) -> ItemState:
    """What a known item becomes that no new one matches. A rejected one stays rejected, so that it is recognized."""
    return ItemState.REJECTED if state is ItemState.REJECTED else ItemState.SUPERSEDED


def likeness(new: JudgedItem, known: KnownArtifactItem, policy: IdentityPolicy) -> float:
    """How sure it is that two items are the same thing, 0..1; 0 when the policy calls them different things."""
    shared = evidence_overlap(new.evidence, known.item.evidence)
    return max(_likeness(new.content, wording, shared, policy) for wording in known.wordings)


def _likeness(one: Content, other: Content, shared: float, policy: IdentityPolicy) -> float:
    if one.kind != other.kind:
        return 0.0
    if isinstance(one, FieldUpdate | Tag):
        # A tag is itself; an update of one field stays one thing when its value is corrected.
        return 0.5 + 0.3 * (one == other) + 0.2 * shared if _name(one) == _name(other) else 0.0
    text = token_sort_ratio(normal_text(headline(one)), normal_text(headline(other))) / 100
    if shared == 0:
        return text if text >= policy.min_text_alone else 0.0
    if text < policy.min_text:
        return 0.0
    whole = policy.evidence_weight * shared + (1 - policy.evidence_weight) * text
    return whole if whole >= policy.min_likeness else 0.0


def _name(content: Content) -> tuple[str, ...]:
    match content:
        case FieldUpdate():
            return (content.object, content.field)
        case Tag():
            return (content.tag,)
        case _:
            return ()


def evidence_overlap(one: Sequence[GroundedEvidence], other: Sequence[GroundedEvidence]) -> float:
    """Share of the shorter evidence's characters that both rest on, 0..1."""
    a, b = _covered(one), _covered(other)
    size = min(sum(e - s for _, s, e in a), sum(e - s for _, s, e in b))
    if not size:
        return 0.0
    shared = sum(max(0, min(e, f) - max(s, t)) for turn, s, e in a for other_turn, t, f in b if turn == other_turn)
    return min(1.0, shared / size)


def _covered(evidence: Sequence[GroundedEvidence]) -> list[tuple[int, int, int]]:
    """Spans of all evidence without overlaps among themselves, as (turn, start, end)."""
    merged: list[tuple[int, int, int]] = []
    for turn, start, end in sorted((s.turn, s.start, s.end) for e in evidence for s in e.spans):
        if merged and merged[-1][0] == turn and start <= merged[-1][2]:
            merged[-1] = (turn, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((turn, start, end))
    return merged


def _matches(
    judged: Sequence[JudgedItem],
    known: Sequence[KnownArtifactItem],
    policy: IdentityPolicy,
) -> dict[int, int]:
    """New position to known position, one to one, total likeness greatest."""
    if not judged or not known:
        return {}
    # A fixed order makes equally good matchings come out the same whatever order items arrive in.
    new_order = sorted(range(len(judged)), key=lambda n: _new_order(judged[n]))
    old_order = sorted(range(len(known)), key=lambda n: known[n].item.item_id)
    likes = [[likeness(judged[n], known[o], policy) for o in old_order] for n in new_order]
    # Staying unmatched costs 1, as a likeness of 0 does; one extra column per row makes it always possible.
    costs = [[1 - like for like in row] + [1.0] * len(new_order) for row in likes]
    chosen = assign(costs)
    return {
        new_order[row]: old_order[column]
        for row, column in enumerate(chosen)
        if column < len(old_order) and likes[row][column] > 0
    }


def _first_span(evidence: Sequence[GroundedEvidence]) -> Span | None:
    return min(
        (s for e in evidence for s in e.spans),
        key=lambda s: (s.turn, s.start, s.end),
        default=None,
    )


def _new_order(item: JudgedItem) -> tuple[str, int, int, int, bytes]:
    span = _first_span(item.evidence) or Span(turn=1 << 30, start=0, end=0)
    return (
        item.content.kind,
        span.turn,
        span.start,
        span.end,
        to_bytes(item.content),
    )


def _new_id(tenant: str, meeting_id: str, item: JudgedItem, taken: set[str]) -> str:
    span = _first_span(item.evidence)
    # A claim whose quote was never said has no place; its wording is all there is to tell it from others.
    place = [span.turn, span.start, span.end] if span else ["unplaced", headline(item.content)]
    stem = digest_of([tenant, meeting_id, item.content.kind, place])[:_ID_LENGTH]
    number, candidate = 1, stem
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def _item(item_id: str, judged: JudgedItem) -> Item:
    return Item(
        item_id=item_id,
        content=judged.content,
        evidence=judged.evidence,
        confidence=judged.confidence,
        state=judged.state,
        failures=judged.failures,
    )
