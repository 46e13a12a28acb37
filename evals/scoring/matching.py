"""Which found item is which expected one: the assignment with the greatest total likeness.

What belongs here: likeness and the matching. What does not: figures made of it (see the scorers beside this file).

Evidence comes first: an item is the expected one when it rests on the same turns and reads alike, in its own words or in
its quote. One turn beside is near enough for an item that reads very much alike, since people differ on where a promise
begins. A field update has to be of the same field, and a tag has to be the same tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import token_set_ratio

from artifact_assets.domain.art.assignment import assign
from artifact_assets.domain.artifact import FieldUpdate, Item, ItemKind, Tag, headline
from artifact_assets.domain.grounding.words import normal_text
from evals.dataset.case import Expected, Forbidden
from evals.scoring.values import same_value

EVIDENCE_WEIGHT = 0.6
LEAST_TEXT = 0.45
"""Items on the same turn that read less alike are two things said in one breath."""
LEAST_TEXT_BESIDE = 0.6
BESIDE = 1


@dataclass(frozen=True)
class Matching:
    """Found items by what they are. Each found item stands in one of ``pairs``, ``excused``, ``forbidden``, ``surplus``.

    ``excused`` are found items that match an optional expected one; ``missed`` are expected ones that are not optional.
    """

    pairs: tuple[tuple[Expected, Item], ...]
    excused: tuple[tuple[Expected, Item], ...]
    forbidden: tuple[tuple[Forbidden, Item], ...]
    surplus: tuple[Item, ...]
    missed: tuple[Expected, ...]

    def of(self, kind: ItemKind) -> Matching:
        """The part about one kind."""
        return Matching(
            tuple(pair for pair in self.pairs if pair[0].kind is kind),
            tuple(pair for pair in self.excused if pair[0].kind is kind),
            tuple(pair for pair in self.forbidden if pair[1].content.kind == kind),
            tuple(item for item in self.surplus if item.content.kind == kind),
            tuple(item for item in self.missed if item.kind is kind),
        )


def match(expected: Sequence[Expected], forbidden: Sequence[Forbidden], found: Sequence[Item]) -> Matching:
    """The best one-to-one matching; the order of ``found`` does not matter."""
    items = sorted(found, key=lambda item: (item.item_id, headline(item.content)))
    likes = [[likeness(want, item) for want in expected] for item in items]
    # Staying unmatched costs what a likeness of 0 does; a required item is preferred to an optional one.
    costs = [
        [1 - like * (0.999 if want.optional else 1) for like, want in zip(row, expected, strict=True)]
        + [1.0] * len(items)
        for row in likes
    ]
    chosen = assign(costs) if items else ()
    matched = {at: column for at, column in enumerate(chosen) if column < len(expected) and likes[at][column] > 0}
    pairs = [(expected[column], items[at]) for at, column in matched.items()]
    loose = [item for at, item in enumerate(items) if at not in matched]
    hits = {item.item_id: hit for item in loose if (hit := _forbidden(item, forbidden)) is not None}
    taken = {want.id for want, _ in pairs}
    return Matching(
        pairs=tuple(pair for pair in pairs if not pair[0].optional),
        excused=tuple(pair for pair in pairs if pair[0].optional),
        forbidden=tuple((hits[item.item_id], item) for item in loose if item.item_id in hits),
        surplus=tuple(item for item in loose if item.item_id not in hits),
        missed=tuple(want for want in expected if not want.optional and want.id not in taken),
    )


def turns_of(item: Item) -> frozenset[int]:
    """The turns an item rests on: where its quotes were found, else the ones it cites."""
    spans = frozenset(span.turn for evidence in item.evidence for span in evidence.spans)
    return spans or frozenset(turn for evidence in item.evidence for turn in evidence.turns)


def likeness(want: Expected, item: Item) -> float:
    """How sure it is that ``item`` is what was expected, 0..1; 0 for another thing."""
    content, here, there = item.content, frozenset(want.evidence), turns_of(item)
    if content.kind != want.kind:
        return 0.0
    shared = len(here & there) / min(len(here), len(there)) if here and there else 0.0
    if isinstance(content, Tag):
        return 0.5 + 0.5 * shared if content.tag == want.text else 0.0
    if isinstance(content, FieldUpdate):
        if (content.object, content.field) != (want.object, want.field):
            return 0.0
        right = same_value(content.value, want.value or "")
        # The old value on other words than the new one is not the update that was expected.
        return 0.3 + 0.3 * right + 0.4 * shared if shared or right else 0.0
    text = _text(want, item)
    if shared:
        return EVIDENCE_WEIGHT * shared + (1 - EVIDENCE_WEIGHT) * text if text >= LEAST_TEXT else 0.0
    beside = any(abs(one - other) <= BESIDE for one in here for other in there)
    return 0.5 * text if beside and text >= LEAST_TEXT_BESIDE else 0.0


def _text(want: Expected, item: Item) -> float:
    said = normal_text(" ".join(evidence.quote for evidence in item.evidence))
    own = token_set_ratio(normal_text(want.text), normal_text(headline(item.content)))
    quoted = token_set_ratio(normal_text(want.quote or want.text), said)
    return max(own, quoted) / 100


def _forbidden(item: Item, forbidden: Sequence[Forbidden]) -> Forbidden | None:
    turns = turns_of(item)
    fitting = (
        entry for entry in forbidden if entry.kind in {None, item.content.kind} and turns & frozenset(entry.evidence)
    )
    # What is worst about it counts.
    return min(fitting, key=lambda entry: (not entry.injection, not entry.retraction), default=None)
