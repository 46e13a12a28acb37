"""How long metrics take over many meetings, and how much memory.

What belongs here: measuring, each step in a process of its own. What does not: the ledger it is measured on (see
``big_ledger``).

    python -m benchmarks.metrics_bench                      20,000 meetings, a minute
    python -m benchmarks.metrics_bench --meetings 1000000   ten minutes or more, and 11 GB of disk

``cold`` draws every day from the ledger, which happens once in a deployment's life; ``news`` draws the days about which there
is news; ``metrics`` counts every metric by day and by every cut over all meetings; ``report`` makes the whole page.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.datasets import CUTS
from artifact_assets.reliability.metrics.registry import measured
from benchmarks.big_ledger import fill
from resources.clock import ShiftedClock
from resources.ledger.ledger import open_ledger

UNTIL = datetime(2026, 11, 26, tzinfo=UTC)
DAYS = 90


def main() -> None:
    """Fill a ledger and measure each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=20_000)
    parser.add_argument("--home", type=Path, help="Keep the ledger here and use it again.")
    parser.add_argument("--step", choices=STEPS)
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="metrics-bench-"))
    if given.step:
        _step(home, given.step)
        return
    try:
        file = home / "ledger.db"
        if not file.exists():
            home.mkdir(parents=True, exist_ok=True)
            fill(file, given.meetings, DAYS, UNTIL)
        print(json.dumps({"meetings": given.meetings, "days": DAYS, "ledger_mb": round(file.stat().st_size / 1e6),
                          "load": os.getloadavg()[0]}))  # fmt: skip
        for step in STEPS:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.metrics_bench", "--home", str(home), "--step", step], check=True,
                capture_output=True, text=True,
            )  # fmt: skip
            print(done.stdout.strip(), flush=True)
    finally:
        if given.home is None:
            shutil.rmtree(home)


def _step(home: Path, name: str) -> None:
    clock = ShiftedClock(UNTIL - datetime.now(UTC))
    with open_ledger(f"sqlite:///{home / 'ledger.db'}", tenant="default", clock=clock) as ledger:
        keeping = Bookkeeping(ledger.columns(), Books(home / "export"), ReliabilityPolicy(), clock)
        before = resource.getrusage(resource.RUSAGE_SELF)
        started = time.monotonic()
        told = STEPS[name](keeping, home)
        seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"step": name, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2),
                      "peak_mb": round(after.ru_maxrss / 1024), **told}))  # fmt: skip


def _cold(keeping: Bookkeeping, home: Path) -> Mapping[str, object]:
    shutil.rmtree(home / "export", ignore_errors=True)
    days = asyncio.run(keeping.books.refresh(keeping.columns, UNTIL))
    size = sum(path.stat().st_size for path in (home / "export").rglob("*.parquet"))
    return {"days": len(days), "export_mb": round(size / 1e6)}


def _news(keeping: Bookkeeping, home: Path) -> Mapping[str, object]:
    with sqlite3.connect(home / "ledger.db") as connection:
        connection.execute(
            "INSERT INTO transitions (meeting_id, before, after, at, attempt) "
            "SELECT meeting_id, state, 'failed', updated_at, 1 FROM meetings ORDER BY id DESC LIMIT 1"
        )
    return {"days": len(asyncio.run(keeping.books.refresh(keeping.columns, UNTIL)))}


def _metrics(keeping: Bookkeeping, _: Path) -> Mapping[str, object]:
    rows = measured(keeping.books.facts(), [*CUTS, "destination"])
    return {"rows": rows.height, "metrics": rows["metric"].n_unique()}


def _budgets(keeping: Bookkeeping, _: Path) -> Mapping[str, object]:
    facts = keeping.books.facts()
    burning = keeping.burning(facts, UNTIL)
    return {"burning": len(burning), "kept": [b.kept for b in keeping.budgets(facts, UNTIL)]}


def _report(_: Bookkeeping, home: Path) -> Mapping[str, object]:
    environment = {**os.environ, "ARTIFACTS_HOME": str(home), "ARTIFACTS_NOW": UNTIL.isoformat()}
    command = [sys.executable, "-m", "artifact_assets", "report", "-o", str(home / "report.html")]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return {"page_kb": round((home / "report.html").stat().st_size / 1024)}


STEPS: Mapping[str, Callable[[Bookkeeping, Path], Mapping[str, object]]] = {
    "cold": _cold, "news": _news, "metrics": _metrics, "budgets": _budgets, "report": _report,
}  # fmt: skip

if __name__ == "__main__":
    main()
