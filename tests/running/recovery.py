"""One fault after another against a whole deployment, counted at the far sides: the recovery table.

What belongs here: a batch with a fault in its middle, the counting and the table. What does not: the faults and the deployment
(see ``faults``), kills of run workers in numbers (see ``chaos``), the production profile (see ``chaos_production``), and what
is good enough (the tests say). As a command (``make chaos``) it prints one line per fault; ``FAULT=name`` chooses.

Each fault lands in the middle of a batch of its own; who was ended is started again after a second, as a supervisor would.
Seconds count from the fault to the last confirmed meeting.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import MeetingState
from artifact_assets.wiring import open_equipment
from tests.instruments.deployment import answered
from tests.instruments.processes import until
from tests.pipeline.world import meta
from tests.running.chaos import all_ended
from tests.running.faults import FAULTS, MODEL_SECONDS, FarSides, Recovering, recovering

PATIENCE_SECONDS = 900.0


@dataclass
class Row:
    """What one fault came to. ``again`` are model calls beyond one per meeting."""

    fault: str
    meetings: int
    completed: int = 0
    lost: int = 0
    doubled: int = 0
    again: int = 0
    seconds: float = 0.0
    seen: list[str] = field(default_factory=list[str])
    skipped: str = ""

    @property
    def good(self) -> bool:
        """Nothing lost, nothing doubled."""
        return bool(self.skipped) or (self.completed == self.meetings and not self.lost and not self.doubled)


def survive(
    deployment: Recovering, far: FarSides, fault: str, number: int, meetings: int, chance: random.Random
) -> Row:
    """One batch with one fault in its middle; waits until everything is delivered or ten minutes are over."""
    row = Row(fault, meetings)
    if fault.startswith("disk") and not (deployment.home / "on-tmpfs").exists():
        row.skipped = "a tmpfs can be mounted by root only"
        return row
    names = [f"f{number:02d}m{index:02d}" for index in range(meetings)]
    asked = len(far.model.asked)
    keys = deployment.receive(_written(deployment.home, names))
    deployment.graphql.launch_backfill(keys)
    until(lambda: sum(far.tasks()[name] for name in names) >= 2, "the batch to be in its middle", 240)
    time.sleep(chance.uniform(0.0, MODEL_SECONDS))
    started = time.monotonic()
    FAULTS[fault](deployment, far, deployment.home)
    with contextlib.suppress(TimeoutError):
        until(lambda: _ended(deployment, keys), f"every meeting to end after: {fault}", PATIENCE_SECONDS)
    row.seconds = round(time.monotonic() - started, 1)
    tasks = far.tasks()
    row.lost = sum(tasks[name] == 0 for name in names)
    row.doubled = sum(max(tasks[name] - 1, 0) for name in names)
    row.again = len(far.model.asked) - asked - meetings
    _look_back(row, deployment, keys)
    return row


def _ended(deployment: Recovering, keys: Sequence[str]) -> bool:
    deployment.supervise()
    try:
        return all_ended(deployment, keys)
    except PipelineError:
        return False


def _look_back(row: Row, deployment: Recovering, keys: Sequence[str]) -> None:
    """What the ledger says happened: the states and classes an operator saw in `meetings`, `status` and `trace`."""
    with open_equipment(deployment.settings()) as equipment:
        found = [answered(equipment.ledger.meeting(key)) for key in keys]
        changes = [change for key in keys for change in answered(equipment.ledger.transitions(key))]
    row.completed = sum(m is not None and m.state is MeetingState.DELIVERED for m in found)
    told = Counter(f"{change.after} [{change.failure_class}]" for change in changes if change.failure_class)
    left = Counter(
        f"left {m.state} [{m.failure_class}]" for m in found if m is not None and m.state is not MeetingState.DELIVERED
    )
    row.seen = [f"{count} x {what}" for what, count in [*told.most_common(3), *left.most_common(3)]]
    with deployment.instance() as instance:
        again = sum(
            "dagster/retry_number" in run.tags for run in instance.get_runs(limit=50) if _concerns(run.tags, keys)
        )
        resumed = sum(
            run.tags.get("artifacts/source") == "resumed"
            for run in instance.get_runs(limit=50)
            if _concerns(run.tags, keys)
        )
    row.seen += [
        f"{n} runs {what}" for n, what in ((again, "started again by Dagster"), (resumed, "of the drain sensor")) if n
    ]


def _concerns(tags: Mapping[str, str], keys: Sequence[str]) -> bool:
    return bool({tags.get("dagster/partition"), tags.get("dagster/asset_partition_range_start")} & set(keys))


def _written(home: Path, names: Sequence[str]) -> list[Path]:
    folder = home / "files"
    folder.mkdir(exist_ok=True)
    paths: list[Path] = []
    for name in names:
        path = folder / f"{name}.txt"
        began = datetime.now(UTC) - timedelta(hours=1)
        sidecar = meta(name, started_at=began.isoformat())
        path.with_name(f"{name}.meta.json").write_text(json.dumps(sidecar))
        path.write_text(f"Ana: Good morning.\nBen: I'll send the revised quote for {name} to Carla by Friday.\n")
        paths.append(path)
    return paths


def main() -> int:
    """``make chaos``: every fault once, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", nargs="*", default=[], help="words of a fault's name; all without")
    given = parser.parse_args()
    chosen = [name for name in FAULTS if not given.fault or any(word in name for word in given.fault)]
    chance, good = random.Random(given.seed), True
    print("| fault | completed | lost | doubled | model asked again | seconds | what the operator saw |")
    print("|---|---|---|---|---|---|---|")
    with recovering() as (deployment, far):
        for number, name in enumerate(chosen):
            row = survive(deployment, far, name, number, given.meetings, chance)
            told = row.skipped or "; ".join(row.seen) or "nothing: it went on"
            counts = f"{row.completed} of {row.meetings} | {row.lost} | {row.doubled} | {row.again} | {row.seconds:g}"
            print(f"| {row.fault} | {counts} | {told} |", flush=True)
            print(json.dumps(asdict(row)), file=sys.stderr, flush=True)
            good = good and row.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
