"""What traces cost a run: the same meetings with traces off and on, in turns.

What belongs here: whole runs in one process over SQLite, with a collector on loopback that takes everything. What does not:
what off costs, which is nothing: the SDK is not imported then, as a test shows. Run it with
``python -m benchmarks.telemetry_bench [MEETINGS] [ROUNDS]``; no test depends on its figures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.tracing import Tracing
from resources.ledger.ledger import SqlLedger
from resources.ledger.model_calls import SqlAnswers
from resources.traces import OtlpTraces
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.pipeline.world import meta, opened_world


def main() -> None:
    """Print wall and CPU time a meeting for off and on; CPU includes the collector's, which shares the process."""
    meetings = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with HttpServer(_taken) as server:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = server.url
        _run(2, traces=True)
        for number in range(rounds):
            for traces in (False, True):
                wall, cpu = _run(meetings, traces=traces)
                print(
                    f"round {number + 1}, traces {'on ' if traces else 'off'}: {wall * 1000 / meetings:6.1f} ms, "
                    f"{cpu * 1000 / meetings:6.1f} ms CPU a meeting"
                )


async def _taken(_: Request) -> Reply:
    return Reply()


def _run(meetings: int, *, traces: bool) -> tuple[float, float]:
    def switched(equipment: Equipment) -> Equipment:
        if not traces:
            return equipment
        ledger = cast("SqlLedger", equipment.ledger)
        tracing = Tracing(ledger, SqlAnswers(ledger), OtlpTraces("bench", 5), equipment.clock, 5)
        return replace(equipment, tracing=tracing)

    with tempfile.TemporaryDirectory() as folder, opened_world(Path(folder), wrap=switched) as world:
        names = [f"m{number:04}" for number in range(meetings)]
        keys = world.receive(*(world.write(f"{name}.txt", sidecar=meta(name)) for name in names))
        wall, cpu = time.perf_counter(), time.process_time()
        assert world.run(keys).success
        return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
