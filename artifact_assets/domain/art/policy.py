"""The numbers of the ART rules.

What belongs here: thresholds with unit and reason. What does not: the rules, and alignment (see ``grounding.policy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.grounding.policy import GroundingPolicy


class TimelinessPolicy(Document):
    """How long which kind of item is worth delivering. Days count from the start of the meeting.

    Defaults rest on harm: a late note is still true, a late task annoys, a late field value overwrites a newer truth.
    """

    freshness_hours: Mapping[str, float] = Field(
        default={"sales": 4.0, "interview": 24.0, "internal": 24.0},
        description="Target from the meeting's end to delivery, per meeting kind; missing it turns the check yellow.",
    )
    default_freshness_hours: float = Field(default=24.0, gt=0, le=8760)
    live_within_hours: float = Field(
        default=48.0,
        gt=0,
        le=8760,
        description="A file that arrives later than this is a backfill and has no freshness target.",
    )
    task_days: float = Field(
        default=21.0,
        gt=0,
        le=3650,
        description="Tasks and next steps without a due date expire after this.",
    )
    field_days: float = Field(default=30.0, gt=0, le=3650, description="Field values expire after this.")
    note_days: float = Field(
        default=730.0,
        gt=0,
        le=36_500,
        description="Decisions, notes and tags expire after this.",
    )
    future_hours: float = Field(
        default=36.0,
        ge=0,
        le=8760,
        description="A meeting further ahead than this has a wrong clock; nothing of it is safe.",
    )
    unknown_time: Literal["hold", "deliver"] = Field(
        default="hold",
        description="What happens to field values of a meeting without a time: nothing tells which value is newer.",
    )


class IdentityPolicy(Document):
    """When an item of a re-extraction is the same thing as a known one. Shares and likenesses are 0..1."""

    evidence_weight: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Weight of evidence overlap against likeness of text.",
    )
    min_likeness: float = Field(
        default=0.45,
        gt=0,
        le=1,
        description="Below this two items are different things.",
    )
    min_text: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Items that share evidence but read less alike than this are two things said in one breath.",
    )
    min_text_alone: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Items without shared evidence have to read at least this much alike.",
    )


class ArtPolicy(Document):
    """Everything the judgement of an artifact depends on beside its words."""

    grounding: GroundingPolicy = GroundingPolicy()
    timeliness: TimelinessPolicy = TimelinessPolicy()
    identity: IdentityPolicy = IdentityPolicy()
    max_items: int = Field(
        default=60,
        ge=1,
        le=1000,
        description="More items than this in one meeting bury a reader; the rest waits in quarantine.",
    )
    duplicate_likeness: float = Field(
        default=0.9,
        gt=0.5,
        le=1,
        description="Items of one kind that read this much alike, with equal numbers and names, are one.",
    )
    max_ungrounded_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="When a larger share of the claims quotes nothing real, nothing is delivered: it is suspect.",
    )
    min_claims_for_gate: int = Field(
        default=4,
        ge=1,
        le=1000,
        description="Below this many claims a share says little; items are judged one by one.",
    )
    citation_slack_turns: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many turns beside a cited one a quote may be found and still count as cited.",
    )
    context_turns: int = Field(
        default=2,
        ge=0,
        le=10,
        description="Turns around the evidence in which names and an assignee's answer are looked for.",
    )
    min_text_support: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of a text's meaningful words that must occur around its evidence.",
    )
    min_quote_score: float = Field(
        default=70,
        ge=0,
        le=100,
        description="An inexact quote below this score shows a reviewer where to look, and backs nothing by itself.",
    )
    min_fuzzy_words: int = Field(
        default=6, ge=0, le=50, description="A shorter quote has to be verbatim: one word of five changes what it says."
    )
    max_fuzzy_altered: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of a quote's meaningful words that may differ from what was said.",
    )
    retraction_turns: int = Field(
        default=6,
        ge=0,
        le=200,
        description="Turns after the evidence in which 'scratch that' is taken to mean it.",
    )

    def judged_by(self) -> dict[str, Any]:
        """What determines a judgement, for the stage key; timeliness is judged apart, with the time."""
        return self.model_dump(mode="json", exclude={"timeliness"})
