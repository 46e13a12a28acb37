"""What people decided about items, and how it outlives replays and re-extractions.

What belongs here: decisions and applying them to a new judgement. What does not: recording them (see ``stages.review``)
and ids (see ``identity``).

A decision belongs to an item id. What a person approved is delivered as they saw it, whatever words the next extraction
finds for it; only a reason they have not seen holds it again. What they rejected stays rejected, and what looks like it
is held. What they wrote themselves is either backed by the evidence or marked as theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from artifact_assets.domain.art.codes import Code, failure, state_of
from artifact_assets.domain.art.identity import Identified, evidence_overlap
from artifact_assets.domain.artifact import Content, GroundedEvidence, Item, ItemState, RuleFailure
from artifact_assets.domain.documents import Document


class Ruling(StrEnum):
    """What a person can decide. Stored by value."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


NEVER_WAIVED = frozenset(
    {Code.FIELD_NOT_CONFIGURED, Code.TAG_NOT_IN_TAXONOMY, Code.VALUE_INVALID, Code.MEETING_IN_FUTURE}
)
"""Reasons no person can set aside: a destination would refuse such an item, or nobody configured it."""


class Decision(Document):
    """One person's word on one item.

    ``content`` is what they approved or wrote, ``original`` what the extractor had claimed; ``waived`` are the codes
    they saw and set aside. Holds words of the meeting: stored as a document, never in the ledger.
    """

    item_id: str
    ruling: Ruling
    by: str = Field(min_length=1, max_length=200)
    why: str = Field(min_length=1, max_length=2000)
    at: datetime
    content: Content
    original: Content
    evidence: tuple[GroundedEvidence, ...] = ()
    waived: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        kept = NEVER_WAIVED & set(self.waived)
        if kept:
            raise ValueError(f"{', '.join(sorted(kept))} cannot be waived")
        if self.content.kind != self.original.kind:
            raise ValueError("an edit keeps the kind of the item")
        return self


Recheck = Callable[[Content, Sequence[GroundedEvidence]], tuple[tuple[GroundedEvidence, ...], tuple[RuleFailure, ...]]]
"""Judges a content with quotes against the meeting as it is now: its evidence found again, every reason against it."""

_SAME_PLACE = 0.8


def latest(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The decision that counts for each item: the newest."""
    found: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda d: d.at):
        found[decision.item_id] = decision
    return found


def decide(identified: Identified, decisions: Mapping[str, Decision], recheck: Recheck) -> Identified:
    """``identified`` with every decision in force. Items nobody decided on are left as they were judged."""
    rejected = [d for d in decisions.values() if d.ruling is Ruling.REJECT]
    items = tuple(
        _decided(item, decisions[item.item_id], recheck)
        if item.item_id in decisions
        else _unless_rejected(item, rejected)
        if item.item_id in identified.added
        else item
        for item in identified.items
    )
    kept = tuple(
        _outliving(item, decisions[item.item_id], recheck) if item.item_id in decisions else item
        for item in identified.superseded
    )
    return Identified(items, kept, identified.kept, identified.added)


def _decided(item: Item, decision: Decision, recheck: Recheck) -> Item:
    if decision.ruling is Ruling.REJECT:
        return item.model_copy(update={"state": ItemState.REJECTED, "decided_by": decision.by})
    evidence, failures = recheck(decision.content, item.evidence)
    if decision.ruling is Ruling.EDIT:
        hard = tuple(f for f in failures if f.code in NEVER_WAIVED)
        settled = {"state": state_of(hard), "asserted": bool(failures), "failures": failures}
    else:
        fresh = tuple(f for f in failures if f.code not in decision.waived)
        settled = {"state": state_of(fresh), "asserted": False, "failures": failures}
    return item.model_copy(
        update={"content": decision.content, "evidence": evidence, "decided_by": decision.by, **settled}
    )


def _unless_rejected(item: Item, rejected: Sequence[Decision]) -> Item:
    """A new item on the very words of a rejected one is the rejected one in another wording, until a person says no."""
    again = any(
        decision.original.kind == item.content.kind
        and evidence_overlap(decision.evidence, item.evidence) >= _SAME_PLACE
        for decision in rejected
    )
    if not again or item.state is not ItemState.ACCEPTED:
        return item
    reason = failure(Code.RESEMBLES_REJECTED, "It rests on the same words as an item a person rejected.")
    return item.model_copy(update={"state": ItemState.QUARANTINED, "failures": (*item.failures, reason)})


def _outliving(item: Item, decision: Decision, recheck: Recheck) -> Item:
    """A known item the extractor no longer finds: a person's word keeps it while its quotes are in the meeting."""
    if decision.ruling is Ruling.REJECT:
        return item.model_copy(update={"state": ItemState.REJECTED, "decided_by": decision.by})
    held = _decided(item, decision, recheck)
    lost = any(f.code == Code.QUOTE_NOT_FOUND and f.code not in decision.waived for f in held.failures)
    return item if lost else held
