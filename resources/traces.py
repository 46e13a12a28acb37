"""Spans to an OpenTelemetry collector, over OTLP and HTTP.

What belongs here: turning spans into the SDK's and sending them. What does not: what they say. Only imported when traces are
switched on: the SDK takes a while to load. No provider is set up, so nothing else of the process is traced.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from artifact_assets.domain.telemetry import Span

SERVICE = "meeting-artifacts"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OtlpTraces:
    """Sends to OTEL_EXPORTER_OTLP_ENDPOINT, or to the SDK's default on this machine."""

    def __init__(self, tenant: str, patience_seconds: float) -> None:
        # Its own words about a collector that is down would be a traceback in a run's log; the count is told instead.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._resource = Resource.create({"service.name": SERVICE, "service.namespace": tenant})
        self._exporter = OTLPSpanExporter(timeout=patience_seconds)

    def send(self, spans: Sequence[Span]) -> bool:
        """Whether the collector took them."""
        try:
            sent = self._exporter.export([self._readable(span) for span in spans])
        except Exception:  # noqa: BLE001 - best effort: whatever the SDK or a collector does, no meeting fails for it
            return False
        return sent is SpanExportResult.SUCCESS

    def close(self) -> None:
        """Give connections back."""
        self._exporter.shutdown()

    def _readable(self, span: Span) -> ReadableSpan:
        status = Status(StatusCode.OK) if span.failed is None else Status(StatusCode.ERROR, span.failed)
        failed = {"error.type": span.failed} if span.failed is not None else {}
        return ReadableSpan(
            name=span.name,
            context=_context(span.trace_id, span.span_id),
            parent=_context(span.trace_id, span.parent_id) if span.parent_id is not None else None,
            resource=self._resource,
            attributes={**span.attributes, **failed},
            kind=SpanKind.CLIENT if span.name in ("model call", "attempt") else SpanKind.INTERNAL,
            status=status,
            start_time=_nanoseconds(span.start),
            end_time=_nanoseconds(span.end),
        )


def _context(trace_id: str, span_id: str) -> SpanContext:
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // (_EPOCH.resolution) * 1000
