"""Retention: how long which part of a meeting is kept, by its kind, and what may hold it longer.

What belongs here: the policy, what is due at a time, the reasons to keep, and the refusal of a meeting whose documents went.
What does not: removing (see ``artifact_assets.stages.retaining``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from artifact_assets.domain.documents import Document, digest_of
from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Meeting

KEEP = "keep"
RETAINED, CONFIRMED = "retention", "retention confirmed"
"""What the ledger calls a removal, and a look at what a policy removes, among interventions."""
_PERIOD = re.compile(r"([1-9][0-9]{0,4}) (day|week)s?")
_CONFIRMED_LENGTH = 8


class Part(StrEnum):
    """What of a meeting goes by itself. Stored by value; removed in this order."""

    SOURCE = "source"
    ANSWERS = "answers"
    DOCUMENTS = "documents"
    LEDGER_TEXT = "ledger_text"


def _period(told: object) -> object:
    if told is None or told == KEEP or (isinstance(told, str) and _PERIOD.fullmatch(told)):
        return told
    raise ValueError("write a period like `30 days` or `6 weeks`, or `keep`")


Period = Annotated[str, BeforeValidator(_period)]


class RetentionPeriods(Document):
    """How long each part is kept, counted from when the meeting was received: `30 days`, `6 weeks`, or `keep`.

    A part that a kind leaves out is kept as long as `default` says; what `default` leaves out is kept.
    """

    source: Period | None = Field(default=None, description="The received file and its sidecar, in the inbox.")
    documents: Period | None = Field(
        default=None,
        description="Transcript, artifact and all else in the store, and quotes in Dagster's UI. Without them the meeting "
        "cannot be run again.",
    )
    answers: Period | None = Field(default=None, description="What the model answered, and requests kept for batches.")
    ledger_text: Period | None = Field(
        default=None,
        description="Words in the ledger: payloads of writes, paths, causes, typed reasons. Goes last, so it needs the other "
        "three, none of them longer.",
    )

    def over(self, default: RetentionPeriods) -> RetentionPeriods:
        """These, with what is left out taken from ``default``."""
        return RetentionPeriods(**{**default.model_dump(exclude_none=True), **self.model_dump(exclude_none=True)})

    def ages(self) -> Mapping[Part, timedelta]:
        """The age at which each part goes; one that is kept is missing."""
        told = {part: getattr(self, part.value) for part in Part}
        return {part: _length(period) for part, period in told.items() if period not in (None, KEEP)}


class RetentionPolicy(Document):
    """What goes by itself at which age: nothing before periods are given and confirmed, see `retention --dry-run`."""

    default: RetentionPeriods = Field(
        default=RetentionPeriods(), description="For meetings of every kind not named below."
    )
    kinds: Mapping[str, RetentionPeriods] = Field(
        default_factory=dict[str, RetentionPeriods], description="By the kind that sidecars tell, such as `interview`."
    )
    reviews: Period = Field(
        default=KEEP,
        description="The age at which an item that still waits for a person no longer holds its meeting back.",
    )
    meetings_per_pass: int = Field(default=10_000, ge=1, le=1_000_000, description="Meetings worked on in one pass.")

    @model_validator(mode="after")
    def _text_goes_last(self) -> Self:
        folded = [kind.casefold() for kind in self.kinds]
        if len(set(folded)) < len(folded):
            raise ValueError("kinds: one kind stands there twice")
        for where, periods in {
            "default": self.default,
            **{f"kinds.{kind}": self.of(kind) for kind in self.kinds},
        }.items():
            ages = periods.ages()
            last = ages.get(Part.LEDGER_TEXT)
            if last is None:
                continue
            for part in (Part.SOURCE, Part.ANSWERS, Part.DOCUMENTS):
                if part not in ages or ages[part] > last:
                    raise ValueError(
                        f"{where}: ledger_text goes last, because the ledger knows where the rest is; give {part} a "
                        f"period no longer than {periods.ledger_text}"
                    )
        return self

    @property
    def is_on(self) -> bool:
        """Whether any period is given."""
        return any(self.of(kind).ages() for kind in (None, *self.kinds))

    @property
    def id(self) -> str:
        """What a person confirms: another period, kind or default is another policy."""
        told = {
            "default": self.default,
            "reviews": self.reviews,
            **{f"kind {k.casefold()}": v for k, v in self.kinds.items()},
        }
        shown = {name: one if isinstance(one, str) else one.model_dump(mode="json") for name, one in told.items()}
        return digest_of(shown)[:_CONFIRMED_LENGTH]

    def of(self, kind: str | None) -> RetentionPeriods:
        """The periods of a kind, however it is spelled; those of ``default`` for any other."""
        named = {name.casefold(): periods for name, periods in self.kinds.items()}
        found = named.get((kind or "").casefold())
        return self.default if found is None else found.over(self.default)

    def due(self, kind: str | None, received_at: datetime, now: datetime) -> tuple[Part, ...]:
        """The parts whose time has come."""
        ages = self.of(kind).ages()
        return tuple(part for part in Part if part in ages and now - received_at >= ages[part])

    def reviews_hold(self, received_at: datetime, now: datetime) -> bool:
        """Whether what waits for a person still holds its meeting back."""
        return self.reviews == KEEP or now - received_at < _length(self.reviews)


class Need(StrEnum):
    """Why a meeting is kept although its time has come."""

    UNDER_WAY = "a run works on it"
    TARGETED = "a run or backfill is going to"
    UNFINISHED = "it has not ended"
    WRITES = "writes of it are pending"
    REVIEW = "something of it waits for a person"
    REPLAY = "a replay plan waits to be applied"
    BATCH = "a request of it waits in a batch of the model"
    ERASURE = "it is being erased"


@dataclass(frozen=True)
class Removal:
    """One part of one meeting on its way out. ``documents`` and ``sources`` are what is worked through."""

    meeting_id: str
    part: Part
    kind: str | None
    begun_at: datetime
    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Outlook:
    """What retention would do to one meeting: the parts that are due, or why they are kept.

    ``things`` counts files, documents and answers by part; ``sources`` are the paths behind the first, ``outside`` those of
    them that do not lie in the inbox and stay.
    """

    meeting: Meeting
    parts: tuple[Part, ...]
    needs: tuple[Need, ...] = ()
    things: Mapping[Part, int] = field(default_factory=dict[Part, int])
    sources: tuple[str, ...] = ()
    outside: int = 0


def gone(meeting_id: str, at: datetime) -> ErasedContent:
    """The refusal of working on a meeting whose documents went, or of taking its file in again."""
    return ErasedContent(
        FailureClass.UNREADABLE_INPUT,
        f"The documents of {meeting_id} went on {at:%Y-%m-%d} by retention, so it is not run or shown again; what it wrote "
        "stays.",
        "See what is left with `trace`; to work on its transcript anew, hand it in under a meeting_id of its own.",
    )


def _length(period: str) -> timedelta:
    found = _PERIOD.fullmatch(period)
    assert found is not None, "checked at birth"
    return timedelta(days=int(found[1]) * (7 if found[2] == "week" else 1))
