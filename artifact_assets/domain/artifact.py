"""Claims an extractor makes and the artifact they become.

What belongs here: kinds of item, evidence, the extraction document and the validated artifact, schema version 1. What
does not: judging them (see ``verdict`` and ``rules``) or numbering them (see ``identity``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.transcript import ReadingNote


class ItemKind(StrEnum):
    """The five things a meeting can produce. Stored by value."""

    ACTION_ITEM = "action_item"
    DECISION = "decision"
    FIELD_UPDATE = "field_update"
    TAG = "tag"
    NEXT_STEP = "next_step"


class ActionItem(Document):
    """A commitment by ``owner``. ``due`` is None when the spoken ``due_text`` is missing or ambiguous."""

    kind: Literal["action_item"] = "action_item"
    text: str
    owner: str | None = None
    due: date | None = None
    due_text: str | None = None


class Decision(Document):
    """Something the meeting settled."""

    kind: Literal["decision"] = "decision"
    text: str


class FieldUpdate(Document):
    """A new value for a configured field of a record, such as deal.amount. ``value`` is text as it will be coerced."""

    kind: Literal["field_update"] = "field_update"
    object: str
    field: str
    value: str


class Tag(Document):
    """A tag of the configured taxonomy."""

    kind: Literal["tag"] = "tag"
    tag: str


class NextStep(Document):
    """Something the meeting agreed will happen next without one person committing to it."""

    kind: Literal["next_step"] = "next_step"
    text: str
    due: date | None = None
    due_text: str | None = None


Content = Annotated[ActionItem | Decision | FieldUpdate | Tag | NextStep, Field(discriminator="kind")]


def headline(content: Content) -> str:
    """One line that names the item to a person."""
    match content:
        case FieldUpdate():
            return f"{content.object}.{content.field} = {content.value}"
        case Tag():
            return content.tag
        case _:
            return content.text


class Evidence(Document):
    """What a claim rests on: turn indices of the transcript and a quote the extractor says is verbatim."""

    turns: tuple[int, ...]
    quote: str


class Alignment(StrEnum):
    """How a quote matches the turns it cites, strongest first."""

    EXACT = "exact"
    NORMALIZED = "normalized"
    FUZZY = "fuzzy"
    NONE = "none"


class Span(Document):
    """Characters ``start`` to ``end`` of one turn's text."""

    turn: int
    start: int
    end: int


class GroundedEvidence(Evidence):
    """Evidence with the place it was found. ``score`` runs from 0 to 100; spans are empty when alignment is none."""

    alignment: Alignment
    score: float
    spans: tuple[Span, ...] = ()


class Claim(Document):
    """One item as the extractor states it. ``confidence`` is calibrated to 0..1 where the extractor has one.

    ``suggested`` claims are shown to people and never delivered.
    """

    content: Content
    evidence: tuple[Evidence, ...]
    confidence: float | None = None
    suggested: bool = False


class ExtractorTrace(Document):
    """Who made the extraction and what it cost. Tokens are counts; ``cost`` is in US dollars; None means unknown."""

    extractor: str
    version: str
    model: str | None = None
    parameters: Mapping[str, str] = Field(default_factory=dict[str, str])
    prompt_version: str | None = None
    prompt_digest: str | None = None
    calls: int = 0
    attempts: int = 0
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None


class RuleFailure(Document):
    """One reason against an item or an artifact. ``code`` is stable; ``reason`` is a sentence for a person."""

    quality: Literal["accurate", "relevant", "timely"]
    code: str
    reason: str


class Extraction(Document):
    """The structured claims of one extractor about one transcript.

    ``failures`` are reasons why the claims, or their absence, must not be acted on.
    """

    schema_version: Literal[1] = 1
    transcript_digest: str
    trace: ExtractorTrace
    claims: tuple[Claim, ...]
    warnings: tuple[ReadingNote, ...] = ()
    failures: tuple[RuleFailure, ...] = ()


class ItemState(StrEnum):
    """Where an item stands after the rules."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    SUGGESTED = "suggested"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Item(Document):
    """A claim with its identity, its grounded evidence and its verdict.

    ``decided_by`` is who approved, edited or rejected it; ``asserted`` marks an edited value that only this person
    vouches for, because the meeting does not say it.
    """

    item_id: str
    content: Content
    evidence: tuple[GroundedEvidence, ...]
    confidence: float | None = None
    state: ItemState
    failures: tuple[RuleFailure, ...] = ()
    decided_by: str | None = None
    asserted: bool = False


class Artifact(Document):
    """The validated outcome of a meeting, schema version 1.

    ``failures`` are reasons against the artifact as a whole: when there are any, nothing of it is delivered.
    """

    schema_version: Literal[1] = 1
    meeting_id: str
    revision: str
    transcript_digest: str
    extraction_digest: str
    trace: ExtractorTrace
    items: tuple[Item, ...]
    failures: tuple[RuleFailure, ...] = ()
    warnings: tuple[ReadingNote, ...] = ()

    @property
    def accepted(self) -> tuple[Item, ...]:
        """Items that may be delivered."""
        return tuple(item for item in self.items if item.state is ItemState.ACCEPTED)

    @property
    def deliverable(self) -> tuple[Item, ...]:
        """Accepted items, and of a withheld artifact only those a person decided on."""
        return tuple(item for item in self.accepted if not self.failures or item.decided_by is not None)

    @property
    def quarantined(self) -> tuple[Item, ...]:
        """Items held back for a person."""
        return tuple(item for item in self.items if item.state is ItemState.QUARANTINED)
