"""How long live meetings take while a backfill of thousands runs, in a deployment of real processes.

What belongs here: the phases and the figures. What does not: the deployment (see ``live_deployment``) and the
model (see ``benchmarks.faulty_model``; here it makes no faults).

    python -m benchmarks.live_beside_backfill [--quick] [--only budget|processor] [--production] [--json]

Code server, daemon, web server, run workers and a model server are processes of their own; ledger, Dagster's storage and queue
are those of the local profile (SQLite, a process for each run) or of the production profile (PostgreSQL, warm workers). The
backfill is launched as the web UI does it; live meetings are files dropped into the inbox. A live meeting's time runs from the
moment the arrivals sensor took its file in (``received_at``) to its last confirmed write (``delivered``), by the ledger.

First with the model's rate budget as the bottleneck: live alone, then the backfill alone for a while, then both. Then with no
budget, so that the processors are the bottleneck, at several bounds of the backfill (``backfills pace --at-once``).

Progress goes to stderr. Exit code 1 when a meeting did not end delivered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from artifact_assets.domain.backfills import ALL, Pace
from artifact_assets.wiring import open_equipment
from benchmarks.faulty_model import FaultyModel, faulty_model
from benchmarks.live_deployment import QUICK, Plan, bench


def p(times: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def told(times: Sequence[float]) -> dict[str, float]:
    """Count, median and 95th percentile in seconds."""
    return {"n": len(times), "p50": round(p(times, 0.5), 2), "p95": round(p(times, 0.95), 2)}


def told_steps(steps: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Where live meetings spent their time: seconds on the way to each state."""
    return {state: told(times) for state, times in steps.items()}


def budget_bound(folder: Path, plan: Plan, model: FaultyModel, *, production: bool = False) -> dict[str, Any]:
    """With the model's rate as the bottleneck."""
    with bench(folder, plan, model, plan.calls_per_minute, production=production) as measured:
        measured.say("the deployment answers")
        measured.live_for(3 * plan.every)  # the first run of all loads what later ones find loaded
        measured.say("warm")
        idle = measured.live_for(plan.idle)
        idle_steps = told_steps(measured.steps())
        measured.say(f"idle measured, p95 {p(idle, 0.95):.1f} s")
        started = time.monotonic()
        measured.launch(plan.backfill)
        measured.say("the backfill goes")
        solo = measured.rate_over(plan.solo)
        measured.say(f"alone {solo:.0f} a minute")
        beside, rate, lasted = measured.beside_for(plan.beside)
        beside_steps = told_steps(measured.steps())
        measured.say(f"beside {rate:.0f} a minute, live p95 {p(beside, 0.95):.1f} s")
        whole = measured.through(plan.backfill)
        measured.say("over")
        seconds = time.monotonic() - started
    return {
        "live_idle": told(idle),
        "live_beside": told(beside),
        "live_idle_steps": idle_steps,
        "live_beside_steps": beside_steps,
        "live_p95_ratio": round(p(beside, 0.95) / p(idle, 0.95), 2),
        "backfill_solo_per_minute": round(solo, 1),
        "backfill_beside_per_minute": round(rate, 1),
        "backfill_kept": round(rate / solo, 2) if solo else None,
        "backfill_lasted_the_window": lasted,
        "budget_per_minute": plan.calls_per_minute,
        "backfill_seconds": round(seconds, 1),
        "all_delivered": whole,
    }


def processor_bound(folder: Path, plan: Plan, model: FaultyModel, *, production: bool = False) -> dict[str, Any]:
    """Without a budget: what each bound of the backfill costs it, and brings live meetings."""
    curve: list[dict[str, Any]] = []
    with (
        bench(folder, plan, model, None, production=production) as measured,
        open_equipment(measured.deployment.settings()) as equipment,
    ):
        measured.live_for(3 * plan.every)
        measured.say("warm")
        measured.launch(plan.saturating)
        for bound in plan.bounds:
            asyncio.run(equipment.backfills.choose(ALL, Pace(at_once=bound)))
            time.sleep(3)
            times, rate, lasted = measured.beside_for(plan.each)
            measured.say(f"at most {bound} at once: {rate:.0f} a minute, live p95 {p(times, 0.95):.1f} s")
            curve.append(
                {
                    "at_once": bound,
                    "live": told(times),
                    "backfill_per_minute": round(rate, 1),
                    "backfill_lasted_the_window": lasted,
                }
            )
        asyncio.run(equipment.backfills.choose(ALL, Pace(at_once=50)))
        whole = measured.through(plan.saturating)
    return {"curve": curve, "all_delivered": whole}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="A short form: shows that it works, measures little.")
    parser.add_argument("--only", choices=("budget", "processor"))
    parser.add_argument(
        "--production", action="store_true", help="PostgreSQL and warm workers instead of the local profile."
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    plan = QUICK if chosen.quick else Plan()
    figures: dict[str, Any] = {"profile": "production" if chosen.production else "local", "processors": os.cpu_count()}
    figures |= {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory() as folder, faulty_model(0.3, 0.0, 1) as model:
        if chosen.only != "processor":
            figures["budget_bound"] = budget_bound(Path(folder) / "budget", plan, model, production=chosen.production)
        if chosen.only != "budget":
            figures["processor_bound"] = processor_bound(
                Path(folder) / "processor", plan, model, production=chosen.production
            )
    figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures, indent=2) if chosen.json else yaml.safe_dump(figures, sort_keys=False))
    parts = [figures[name] for name in ("budget_bound", "processor_bound") if name in figures]
    return 0 if all(part["all_delivered"] for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
