"""``check``: the gate.

What belongs here: the command and what it prints. What does not: the rules of the gate (see ``evals.gate``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from evals.dataset.reading import read_dataset
from evals.gate.baseline import read_baseline
from evals.gate.junit import write_junit
from evals.gate.measuring import all_measured
from evals.gate.verdict import ACCEPT, Verdict, failed, judge_run, regressed
from evals.places import BASELINE, GOLDEN, RECORDINGS
from evals.recorded.answers import RecordingMissingError
from evals.scoring.metrics import METRICS
from evals.scoring.score import Better
from evals.statistics.bootstrap import Difference


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of cases.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), default=BASELINE)
@click.option("--recordings", type=click.Path(path_type=Path, file_okay=False), default=RECORDINGS)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML to this file.")
@json_option
def check(dataset: Path, baseline: Path, recordings: Path, seed: int, junit: Path | None, as_json: bool) -> None:
    """Run every system that has a baseline and compare case by case. Exit 1 on a regression. Calls no model."""
    known, accepted = read_dataset(dataset), read_baseline(baseline)
    verdicts: list[Verdict] = []
    for system, measured in all_measured(known, recordings):
        entry = accepted.of(system)
        if isinstance(measured, RecordingMissingError):
            verdicts.append(failed(system, f"{measured.cause} {measured.remedy}"))
        elif entry is None:
            verdicts.append(failed(system, f"The baseline has no entry for {system}. {ACCEPT}"))
        else:
            verdicts.append(judge_run(entry, *measured, seed=seed))
    gone = [e.manifest.system for e in accepted.entries if e.manifest.system not in {v.system for v in verdicts}]
    verdicts += [failed(name, f"The baseline has {name}, and there is no such system any more.") for name in gone]
    if junit is not None:
        write_junit(junit, verdicts)
    if as_json:
        print_json([_as_json(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            _print(verdict)
    if not all(verdict.passed for verdict in verdicts):
        sys.exit(1)


def _print(verdict: Verdict) -> None:
    moved = {n: d for n, d in verdict.differences.items() if d.delta and METRICS[n].better is not Better.NEITHER}
    remark(f"{verdict.system}: {len(verdict.scores)} cases, {len(verdict.changes)} changed")
    if moved:
        print_table(
            ("figure", "baseline", "now", "difference, 95%", "cases better/worse", ""),
            (
                (name, _number(d.before), _number(d.after), _span(d), f"{d.better}/{d.worse}", _word(name, d))
                for name, d in moved.items()
            ),
            empty="",
        )
    for change in verdict.changes:
        click.echo(f"{change.case}: worse {', '.join(change.worse) or '-'}; better {', '.join(change.better) or '-'}")
        for reason in change.reasons:
            click.echo(f"    {reason}")
    for reason in verdict.reasons:
        click.echo(f"FAIL {verdict.system}: {reason}")
    if verdict.passed:
        click.echo(f"ok {verdict.system}")


def _word(name: str, difference: Difference) -> str:
    if regressed(name, difference):
        return "REGRESSION"
    return "significant" if difference.significant else ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _span(difference: Difference) -> str:
    return f"{difference.delta:+.3g} [{difference.low:+.3g}, {difference.high:+.3g}]"


def _as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "system": verdict.system,
        "passed": verdict.passed,
        "reasons": list(verdict.reasons),
        "cases": len(verdict.scores),
        "changed": [vars(change) for change in verdict.changes],
        "differences": {name: vars(difference) for name, difference in verdict.differences.items()},
    }
