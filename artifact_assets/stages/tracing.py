"""A meeting's walk as a trace, drawn afterwards from what the ledger recorded.

What belongs here: spans from checkpoints, model calls and attempts, and handing them over. What does not: sending.

Drawn after the walk, so that stages know nothing of it and a collector that is slow or down holds up no meeting. What
it costs is a few queries for each meeting at the end of the run; what fails is counted and forgotten.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from artifact_assets.domain.model_ports import AnswerStore, CallOutcome, ModelCall
from artifact_assets.domain.ports import Clock, Ledger
from artifact_assets.domain.records import Attempt, Intent
from artifact_assets.domain.states import IntentState, Stage
from artifact_assets.domain.telemetry import Span, SpanSink, span_id, trace_id
from artifact_assets.stages.result import MeetingResult

AT_ONCE = 50
"""Meetings whose spans are drawn and sent together."""
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}( [a-z]{1,16})?")
_WHOLE = "walk"


@dataclass(frozen=True)
class Walked:
    """A walk that is over: its run, and when it began and ended."""

    run_id: str
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Tracing:
    """Draws traces from ``ledger`` and ``answers`` and gives them to ``sink``, for at most ``patience_seconds`` a run."""

    ledger: Ledger
    answers: AnswerStore
    sink: SpanSink
    clock: Clock
    patience_seconds: float

    async def tell(self, results: Sequence[MeetingResult], walked: Walked) -> int:
        """Send the traces; returns how many were lost. After the first batch that is not taken the rest is not tried."""
        sending = 0.0
        for start in range(0, len(results), AT_ONCE):
            group = results[start : start + AT_ONCE]
            try:
                drawn = [await self.spans(result, walked) for result in group]
            except Exception:  # noqa: BLE001 - the meetings are done: no fault in telling of them may fail their run
                return len(results) - start
            asked = self.clock.monotonic()
            taken = await asyncio.to_thread(self.sink.send, [span for spans in drawn for span in spans])
            sending += self.clock.monotonic() - asked
            if not taken or sending > self.patience_seconds:
                return len(results) - start - (len(group) if taken else 0)
        return 0

    async def spans(self, result: MeetingResult, walked: Walked) -> list[Span]:
        """The trace of one meeting, the whole first."""
        drawing = _Drawing(trace_id(result.meeting_id, walked.run_id), result, walked)
        stages = await self._stages(drawing)
        calls = [call for call in await self.answers.calls(result.meeting_id) if call.run_id == walked.run_id]
        if result.stopped_at is not None and drawing.span_of(result.stopped_at) not in {one.span_id for one in stages}:
            stages.append(drawing.stopped(max((one.end for one in stages), default=walked.began)))
        known = {one.span_id for one in stages}
        below = [*(drawing.call(number, call, known) for number, call in enumerate(calls))]
        for intent in await self.ledger.intents(meeting_id=result.meeting_id):
            tries = await self.ledger.attempts(intent.intent_key)
            below += drawing.write(
                intent, [one for one in tries if walked.began <= one.started_at <= walked.ended], known
            )
        return [drawing.whole([*stages, *below]), *stages, *below]

    async def _stages(self, drawing: _Drawing) -> list[Span]:
        made = await self.ledger.checkpoints(drawing.result.meeting_id)
        return [
            drawing.span(
                c.stage.value, f"stage {c.stage.value}", c.created_at - timedelta(seconds=c.duration_seconds),
                c.created_at, attempts=c.attempts, stage_key=c.key[:12], document=c.document[:12],
            )
            for c in made
            if c.run_id == drawing.walked.run_id
        ]  # fmt: skip


@dataclass(frozen=True)
class _Drawing:
    """One trace being drawn."""

    trace: str
    result: MeetingResult
    walked: Walked

    def span_of(self, stage: Stage | str) -> str:
        return span_id(self.trace, str(stage))

    def span(
        self, what: str, name: str, start: datetime, end: datetime, parent: str | None = None, failed: str | None = None,
        **attributes: str | float | bool | None,
    ) -> Span:  # fmt: skip
        told = {f"artifacts.{key}": value for key, value in attributes.items() if value is not None}
        above = parent or span_id(self.trace, _WHOLE)
        return Span(self.trace, span_id(self.trace, what), above, name, start, max(start, end), told, failed)

    def whole(self, parts: Sequence[Span]) -> Span:
        """The walk itself: from the first to the last thing done, or all of the run's where nothing was."""
        result = self.result
        attributes: dict[str, str | int | float | bool] = {
            "artifacts.meeting_id": result.meeting_id, "artifacts.run_id": self.walked.run_id,
            "artifacts.state": str(result.state or "unknown"), "artifacts.items": result.counts.items,
            "artifacts.quarantined": result.counts.quarantined, "artifacts.delivered": result.counts.delivered,
            "artifacts.reused": ",".join(stage.value for stage in result.reused),
        }  # fmt: skip
        start = min((one.start for one in parts), default=self.walked.began)
        end = max((one.end for one in parts), default=self.walked.ended)
        failed = str(result.failure_class) if result.failure_class else None
        return Span(self.trace, span_id(self.trace, _WHOLE), None, "meeting", start, end, attributes, failed)

    def stopped(self, since: datetime) -> Span:
        """The stage that ended without a result: from the one before it to the end of the walk at most."""
        stage = str(self.result.stopped_at)
        return self.span(
            stage, f"stage {stage}", since, self.walked.ended, failed=str(self.result.failure_class or "unknown")
        )

    def call(self, number: int, call: ModelCall, known: set[str]) -> Span:
        usable = call.outcome is CallOutcome.ANSWERED
        return self.span(
            f"call {number} {call.request_digest}", "model call", call.started_at,
            call.started_at + timedelta(seconds=call.duration_seconds or 0), self._under(call.stage, known),
            failed=None if usable else str(call.failure_class or call.outcome.value), model=call.model,
            outcome=call.outcome.value, attempts=call.attempts, request=call.request_digest[:12],
            input_tokens=call.usage.input_tokens, output_tokens=call.usage.output_tokens, cost=call.cost,
            prompt_version=call.prompt_version,
        )  # fmt: skip

    def write(self, intent: Intent, tries: Sequence[Attempt], known: set[str]) -> Iterator[Span]:
        """The write and each attempt at it in this walk; nothing for one that was not touched."""
        if not tries:
            return
        above = span_id(self.trace, intent.intent_key)
        ends = [_end(one) for one in tries]
        done = intent.state is IntentState.CONFIRMED
        yield self.span(
            intent.intent_key, f"write {intent.operation}", tries[0].started_at, max(ends),
            self._under(Stage.DELIVERED.value, known),
            failed=None if done or intent.failure_class is None else str(intent.failure_class),
            destination=intent.destination, state=intent.state.value, item_id=intent.item_id, intent_key=intent.intent_key,
            attempts=len(tries),
        )  # fmt: skip
        for number, one in enumerate(tries):
            yield self.span(
                f"{intent.intent_key} {number} {one.number}", "attempt", one.started_at, _end(one), above,
                number=one.number, outcome=_code(one.outcome), status=one.status, code=_code(one.code),
            )  # fmt: skip

    def _under(self, stage: str, known: set[str]) -> str | None:
        return self.span_of(stage) if self.span_of(stage) in known else None


def _end(one: Attempt) -> datetime:
    return one.ended_at or one.started_at + timedelta(seconds=one.duration_seconds or 0)


def _code(told: str | None) -> str | None:
    """Codes as they are; a vendor that answers in sentences may repeat what it was sent."""
    return told if told is None or _CODE.fullmatch(told) else "words"
