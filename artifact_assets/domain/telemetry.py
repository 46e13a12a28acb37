"""Traces: a walk of a meeting as spans, for those who watch everything in one place.

What belongs here: the switch, what a span is, and ids that follow from what is traced. What does not: drawing spans from the
ledger (see ``stages.tracing``) and sending them (see ``resources.traces``). A span holds ids, codes, counts and times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import Field

from artifact_assets.domain.documents import Document


class TelemetryPolicy(Document):
    """What is told to an OpenTelemetry collector. Where it is, OTEL_EXPORTER_OTLP_ENDPOINT says."""

    traces: bool = Field(
        default=False, description="After each run, send a trace of each meeting: stages, model calls, writes."
    )
    patience_seconds: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="How long a run waits for the collector in all; what is left then is dropped.",
    )


@dataclass(frozen=True)
class Span:
    """One stretch of work. ``span_id`` is 16 hex digits, ``parent_id`` None for the whole walk; ``failed`` is its class."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    start: datetime
    end: datetime
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict[str, str | int | float | bool])
    failed: str | None = None


class SpanSink(Protocol):
    """Where spans go. Blocks; never raises."""

    def send(self, spans: Sequence[Span]) -> bool:
        """Whether they were taken."""
        ...


def trace_id(meeting_id: str, run_id: str) -> str:
    """32 hex digits: the trace of this meeting's walk in this run, the same wherever it is asked for."""
    return hashlib.sha256(f"trace\0{meeting_id}\0{run_id}".encode()).hexdigest()[:32]


def span_id(trace: str, what: str) -> str:
    """16 hex digits for ``what`` in the trace: sent twice, a span is still one."""
    return hashlib.sha256(f"span\0{trace}\0{what}".encode()).hexdigest()[:16]
