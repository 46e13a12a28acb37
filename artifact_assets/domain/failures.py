"""Failure classes, one closed list, and the errors that carry them.

What belongs here: the names of everything that can go wrong, whether trying again can help, who tries again, and what
the operator should do. What does not: deciding which class a vendor's answer is (each adapter does that).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Nature(StrEnum):
    """What trying again can achieve."""

    TRANSIENT = "transient"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"


class RetryOwner(StrEnum):
    """The one party that tries again; nested retries multiply, so there is exactly one."""

    ADAPTER = "adapter"
    LEDGER = "ledger"
    DAGSTER = "dagster"
    PERSON = "person"


class FailureClass(StrEnum):
    """Every way a meeting, an item or a delivery can fail. Stored by value: rename never, add at the end."""

    UNREADABLE_INPUT = "unreadable_input"
    UNSUPPORTED_FORMAT = "unsupported_format"
    EMPTY_TRANSCRIPT = "empty_transcript"
    MODEL_TIMEOUT = "model_timeout"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_RATE_LIMITED = "model_rate_limited"
    MODEL_QUOTA = "model_quota"
    MODEL_REFUSED = "model_refused"
    MODEL_OUTPUT_INVALID = "model_output_invalid"
    MODEL_OUTPUT_TRUNCATED = "model_output_truncated"
    NOT_GROUNDED = "not_grounded"
    BUDGET_EXCEEDED = "budget_exceeded"
    DESTINATION_UNAVAILABLE = "destination_unavailable"
    DESTINATION_RATE_LIMITED = "destination_rate_limited"
    DESTINATION_QUOTA = "destination_quota"
    DESTINATION_UNAUTHORIZED = "destination_unauthorized"
    DESTINATION_REJECTED = "destination_rejected"
    DESTINATION_CONFLICT = "destination_conflict"
    RECORD_NOT_FOUND = "record_not_found"
    RECORD_AMBIGUOUS = "record_ambiguous"
    DELIVERY_UNCERTAIN = "delivery_uncertain"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    RUN_KILLED = "run_killed"
    INTERNAL_ERROR = "internal_error"
    BACKFILL_PAUSED = "backfill_paused"

    @property
    def rule(self) -> FailureRule:
        """Nature, retry owner and remedy of this class."""
        return FAILURE_RULES[self]


@dataclass(frozen=True)
class FailureRule:
    """How one failure class is handled. ``remedy`` is an imperative sentence for the operator."""

    nature: Nature
    retry_owner: RetryOwner
    remedy: str


_T, _P, _U = Nature.TRANSIENT, Nature.PERMANENT, Nature.UNCERTAIN
_ADAPTER, _LEDGER, _DAGSTER, _PERSON = RetryOwner.ADAPTER, RetryOwner.LEDGER, RetryOwner.DAGSTER, RetryOwner.PERSON

FAILURE_RULES: dict[FailureClass, FailureRule] = {
    FailureClass.UNREADABLE_INPUT: FailureRule(
        _P, _PERSON, "Export the transcript again as text and replace the file."
    ),
    FailureClass.UNSUPPORTED_FORMAT: FailureRule(_P, _PERSON, "Convert it to one of the formats in docs/formats.md."),
    FailureClass.EMPTY_TRANSCRIPT: FailureRule(_P, _PERSON, "Check the export: it holds no spoken words."),
    FailureClass.MODEL_TIMEOUT: FailureRule(
        _T, _ADAPTER, "Nothing; it is tried again. Raise the timeout if it repeats."
    ),
    FailureClass.MODEL_UNAVAILABLE: FailureRule(_T, _ADAPTER, "Nothing; it resumes when the model answers again."),
    FailureClass.MODEL_RATE_LIMITED: FailureRule(
        _T, _ADAPTER, "Nothing; it waits for the limit. Lower the rate budget."
    ),
    FailureClass.MODEL_QUOTA: FailureRule(
        _P, _LEDGER, "Raise the quota at the provider; what waits goes on by itself."
    ),
    FailureClass.MODEL_REFUSED: FailureRule(_P, _PERSON, "Read the meeting; the model declined to process it."),
    FailureClass.MODEL_OUTPUT_INVALID: FailureRule(_P, _PERSON, "Replay, or use a model that keeps to the schema."),
    FailureClass.MODEL_OUTPUT_TRUNCATED: FailureRule(_P, _PERSON, "Raise the output limit or lower the chunk size."),
    FailureClass.NOT_GROUNDED: FailureRule(_P, _PERSON, "Review the items with `review list`."),
    FailureClass.BUDGET_EXCEEDED: FailureRule(
        _P,
        _LEDGER,
        "Raise the budget in the configuration; what waits goes on by itself, a meeting that failed is replayed.",
    ),
    FailureClass.DESTINATION_UNAVAILABLE: FailureRule(_T, _LEDGER, "Nothing; the drain tries again."),
    FailureClass.DESTINATION_RATE_LIMITED: FailureRule(_T, _LEDGER, "Nothing; the drain waits for the limit."),
    FailureClass.DESTINATION_QUOTA: FailureRule(
        _T, _LEDGER, "Nothing; the destination is parked until its quota resets."
    ),
    FailureClass.DESTINATION_UNAUTHORIZED: FailureRule(
        _P, _PERSON, "Renew the credentials, then resume the destination."
    ),
    FailureClass.DESTINATION_REJECTED: FailureRule(
        _P,
        _PERSON,
        "Correct the mapping, then replay; or the record, then `deliveries resolve KEY --again --why TEXT`.",
    ),
    FailureClass.DESTINATION_CONFLICT: FailureRule(_P, _PERSON, "Choose a value: a person changed the record."),
    FailureClass.RECORD_NOT_FOUND: FailureRule(_P, _PERSON, "Name the record under refs in the sidecar, then replay."),
    FailureClass.RECORD_AMBIGUOUS: FailureRule(_P, _PERSON, "Name one record under refs in the sidecar, then replay."),
    FailureClass.DELIVERY_UNCERTAIN: FailureRule(
        _U, _LEDGER, "Nothing; the destination is asked before sending again."
    ),
    FailureClass.STORAGE_UNAVAILABLE: FailureRule(
        _T, _DAGSTER, "Free disk space or restore the database, then re-run."
    ),
    FailureClass.RUN_KILLED: FailureRule(
        _T,
        _DAGSTER,
        "Nothing while its run is started again; one set aside needs what its process lacked, then process it again.",
    ),
    FailureClass.INTERNAL_ERROR: FailureRule(_P, _PERSON, "Report it with the output of `trace`, then replay."),
    FailureClass.BACKFILL_PAUSED: FailureRule(
        _T, _LEDGER, "Nothing; it goes on when somebody types `backfills resume NAME --why TEXT`."
    ),
}


class PipelineError(Exception):
    """A failure with a class, a cause and a remedy.

    ``cause`` is one sentence that says what happened, to which id, and with which consequence. It never holds
    transcript text or a secret, because it reaches logs and the Dagster UI.
    """

    def __init__(self, failure_class: FailureClass, cause: str, remedy: str | None = None) -> None:
        super().__init__(cause)
        self.failure_class = failure_class
        self.cause = cause
        self.remedy = remedy if remedy is not None else failure_class.rule.remedy

    def __reduce__(self) -> tuple[type[PipelineError], tuple[FailureClass, str, str]]:
        """Survive pickling: Dagster carries errors between processes."""
        return (type(self), (self.failure_class, self.cause, self.remedy))

    def __str__(self) -> str:
        """The one line an operator reads."""
        return f"error[{self.failure_class}]: {self.cause} {self.remedy}"


class Deferral(PipelineError):
    """A failure that waiting cures, with a known next attempt; None is when a person says so."""

    def __init__(self, error: PipelineError, next_attempt_at: datetime | None) -> None:
        super().__init__(error.failure_class, error.cause, error.remedy)
        self.next_attempt_at = next_attempt_at

    def __reduce__(self) -> tuple[type[Deferral], tuple[PipelineError, datetime | None]]:  # type: ignore[override]
        """Survive pickling."""
        return (type(self), (PipelineError(self.failure_class, self.cause, self.remedy), self.next_attempt_at))
