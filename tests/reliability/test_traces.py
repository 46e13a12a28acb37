"""A walk as a trace: drawn from the told ledger, received over OTLP by a collector on loopback, and nothing when off."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState, Stage
from artifact_assets.domain.telemetry import Span, trace_id
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.tracing import AT_ONCE, Tracing, Walked
from resources.ledger.ledger import SqlLedger, open_ledger
from resources.ledger.model_calls import SqlAnswers
from tests.clock import ScriptedClock
from tests.commands.shell import ROOT, SPOKEN, Shell, write_meeting
from tests.conftest import TENANT
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.pipeline.world import opened_world
from tests.reliability.ledger_story import at

RUN = Walked("run", at("08:00:00"), at("11:30:00"))
CONFIGURATION = "telemetry: {traces: true, patience_seconds: 2}\n"


@dataclass
class Script:
    """A collector that takes batches as told, after so many seconds each."""

    answers: list[bool]
    clock: ScriptedClock
    seconds: float = 0.0
    batches: list[int] = field(default_factory=list[int])

    def send(self, spans: Sequence[Span]) -> bool:
        self.batches.append(len({span.trace_id for span in spans}))
        self.clock.forward(self.seconds)
        return self.answers.pop(0)


@dataclass
class Collector:
    """Understands what an OpenTelemetry collector does of traces."""

    status: int = 200
    bodies: list[bytes] = field(default_factory=list[bytes])

    async def __call__(self, request: Request) -> Reply:
        assert request.path == "/v1/traces"
        self.bodies.append(gzip.decompress(request.body) if request.body[:2] == b"\x1f\x8b" else request.body)
        return Reply(self.status)

    @property
    def spans(self) -> list[Sent]:
        told = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            s for one in told for resource in one.resource_spans for scope in resource.scope_spans for s in scope.spans
        ]


def drawn(told_ledger: Path, result: MeetingResult, walked: Walked = RUN) -> dict[str, list[Span]]:
    """The spans of one meeting of the story, by name."""
    clock = ScriptedClock()
    with open_ledger(f"sqlite:///{told_ledger}", tenant=TENANT, clock=clock) as ledger:
        tracing = Tracing(ledger, SqlAnswers(ledger), Script([], clock), clock, 5)
        spans = asyncio.run(tracing.spans(result, walked))
    assert len({span.span_id for span in spans}) == len(spans)
    assert {span.trace_id for span in spans} == {trace_id(result.meeting_id, walked.run_id)}
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span.name, []).append(span)
    return found


def test_a_walk_is_a_trace_with_a_span_for_each_stage_call_write_and_attempt(told_ledger: Path) -> None:
    found = drawn(told_ledger, MeetingResult("talk", MeetingState.PARTIALLY_DELIVERED))
    (whole,), (extracted,), (delivered,) = found["meeting"], found["stage extracted"], found["stage delivered"]
    assert whole.parent_id is None
    assert (extracted.start, extracted.end) == (at("10:59:00"), at("11:00:00"))
    assert {extracted.parent_id, delivered.parent_id} == {whole.span_id}
    calls = found["model call"]
    assert [call.failed for call in calls] == ["model_output_invalid", "model_timeout", "model_output_truncated", None]
    assert {call.parent_id for call in calls} == {extracted.span_id}
    assert calls[3].attributes["artifacts.output_tokens"] == 60
    # t2 was refused before it was ever sent: no attempt, no span.
    (write,), (attempt,) = found["write create_task"], found["attempt"]
    assert (write.parent_id, attempt.parent_id) == (delivered.span_id, write.span_id)
    assert attempt.attributes["artifacts.outcome"] == "accepted"
    assert whole.start == at("09:00:05")
    assert whole.end == at("11:00:30")


def test_a_stage_that_ended_without_a_result_is_there_with_its_failure(told_ledger: Path) -> None:
    result = MeetingResult(
        "torn", MeetingState.FAILED, failure_class=FailureClass.UNREADABLE_INPUT, stopped_at=Stage.NORMALIZED
    )
    found = drawn(told_ledger, result)
    assert {name: spans[0].failed for name, spans in found.items()} == {
        "meeting": "unreadable_input", "stage normalized": "unreadable_input",
    }  # fmt: skip


def test_what_other_runs_did_is_not_in_the_trace(told_ledger: Path) -> None:
    walked = Walked("other", at("12:00:00"), at("12:30:00"))
    found = drawn(told_ledger, MeetingResult("plain", MeetingState.DELIVERED), walked)
    # One record was sent again within these minutes; all else is of another run.
    assert {name: len(spans) for name, spans in found.items()} == {"meeting": 1, "write create_task": 1, "attempt": 1}


@pytest.mark.parametrize(
    ("answers", "seconds", "lost", "batches"),
    [([True, True, True], 1, 0, 3), ([True, False], 1, 2 * AT_ONCE, 2), ([True], 9, 2 * AT_ONCE, 1)],
)
def test_a_collector_that_is_down_or_slow_is_not_asked_again(
    told_ledger: Path, answers: list[bool], seconds: float, lost: int, batches: int
) -> None:
    clock = ScriptedClock()
    with open_ledger(f"sqlite:///{told_ledger}", tenant=TENANT, clock=clock) as ledger:
        sink = Script(answers, clock, seconds)
        results = [MeetingResult(f"m{number}", MeetingState.DELIVERED) for number in range(3 * AT_ONCE)]
        assert asyncio.run(Tracing(ledger, SqlAnswers(ledger), sink, clock, 5).tell(results, RUN)) == lost
    assert len(sink.batches) == batches


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands in an empty home, traces off."""
    return Shell(tmp_path / "home", capsys)


@pytest.fixture
def collector() -> Generator[tuple[Collector, str]]:
    """A collector and where it is."""
    told = Collector()
    with HttpServer(told) as server:
        yield told, server.url


def traced(shell: Shell, tmp_path: Path, endpoint: str) -> Shell:
    """Commands with traces switched on."""
    file = tmp_path / "configuration.yaml"
    file.write_text(CONFIGURATION)
    return Shell(shell.home, shell.capture, {"ARTIFACTS_CONFIG": str(file), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})


def test_a_collector_receives_the_walk_and_not_a_word_of_the_meeting(
    shell: Shell, tmp_path: Path, collector: tuple[Collector, str]
) -> None:
    told, url = collector
    switched_on = traced(shell, tmp_path, url)
    assert switched_on("process", write_meeting(tmp_path)).code == 0
    spans = told.spans
    names = {span.name for span in spans}
    assert {"meeting", "attempt", "stage transcript", "stage normalized", "stage extracted", "stage validated"} < names
    (root,) = [span for span in spans if not span.parent_span_id]
    assert {a.key: a.value.string_value for a in root.attributes}["artifacts.meeting_id"] == "acme"
    known = {span.span_id for span in spans}
    assert all(span.parent_span_id in known for span in spans if span is not root)
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano for span in spans)
    assert {span.status.code for span in spans} == {Status.STATUS_CODE_OK}
    assert all(SPOKEN.encode() not in body and b"Ada" not in body for body in told.bodies)
    assert list(switched_on("trace", "acme", "--json").json()["traces"].values()) == [root.trace_id.hex()]
    assert "traces" not in shell("trace", "acme", "--json").json()
    assert root.trace_id.hex() in switched_on("trace", "acme").err


def test_dagster_shows_the_trace_of_each_materialization_and_how_many_were_lost(tmp_path: Path) -> None:
    sinks: list[Script] = []

    def switched_on(equipment: Equipment) -> Equipment:
        sinks.append(Script([False], ScriptedClock()))
        ledger = cast("SqlLedger", equipment.ledger)
        return replace(equipment, tracing=Tracing(ledger, SqlAnswers(ledger), sinks[0], sinks[0].clock, 5))

    with opened_world(tmp_path, wrap=switched_on) as world:
        result = world.run(world.receive(world.write("talk.txt")))
        made = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    assert result.success
    assert [one.metadata["trace_id"].value for one in made] == [trace_id("talk", result.run_id)] * 5
    assert sinks[0].batches == [1]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "not an address"])
def test_no_meeting_fails_for_a_collector_that_is_away(shell: Shell, tmp_path: Path, endpoint: str) -> None:
    done = traced(shell, tmp_path, endpoint)("process", write_meeting(tmp_path), "--json")
    assert (done.code, done.json()[0]["state"]) == (0, "delivered")
    done.assert_discreet()


def test_off_nothing_of_it_is_even_imported(tmp_path: Path) -> None:
    """No cost when off: a whole walk, and neither the SDK nor Prometheus' client in the process."""
    code = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules))))\n"
        f"sys.argv = ['artifact_assets', 'process', {str(write_meeting(tmp_path))!r}]\n"
        "from artifact_assets.commands import main\n"
        "main.run()\n"
    )
    environment = {"ARTIFACTS_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "artifact_assets.stages.tracing" in loaded
    assert {name for name in loaded if name.partition(".")[0] in ("opentelemetry", "prometheus_client")} == set()
