"""What Prometheus reads: every series that rules and dashboard ask for, with the story's numbers, bounded, never falling."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.alert_rules import BAD_EVENTS, EVENTS
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.counters import Counters
from artifact_assets.reliability.exposition import MOST_MEMBERS, Exposition, Reading, families_of
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metrics.registry import METRICS
from resources.ledger.ledger import open_ledger
from tests.clock import ScriptedClock
from tests.commands.shell import COMMAND, ROOT
from tests.conftest import TENANT
from tests.reliability.ledger_story import at

NOW = at("23:30:00")
MONITORING = ROOT / "deploy" / "monitoring"
NAME = re.compile(r"artifacts_[a-z_]+")
Samples = dict[str, list[tuple[dict[str, str], float]]]


@pytest.fixture(scope="module")
def reading(told_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """The Tuesday, half an hour before midnight."""
    with open_ledger(f"sqlite:///{told_ledger}", tenant=TENANT, clock=ScriptedClock()) as ledger:
        books = Books(tmp_path_factory.mktemp("export"))
        keeping = Bookkeeping(ledger.columns(), books, ReliabilityPolicy(), ScriptedClock(NOW))
        facts = asyncio.run(keeping.facts())
        budgets = keeping.budgets(facts, NOW)
    counted = {budget.objective.name: (budget.events, budget.bad) for budget in budgets}
    return Reading(facts, budgets, counted, {"hubspot": True, "model": False}, NOW, 7)


def exposed(reading: Reading) -> Samples:
    """The text that a scrape gets, read back by the official parser."""
    registry = CollectorRegistry()
    registry.register(Exposition(families_of(reading)))
    found: Samples = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = {name: text for name, text in sample.labels.items() if text}
            found.setdefault(sample.name, []).append((labels, sample.value))
    return found


@pytest.fixture(scope="module")
def samples(reading: Reading) -> Samples:
    """What the story shows."""
    return exposed(reading)


@pytest.mark.parametrize("file", ["alerts.yaml", "dashboard.json"])
def test_every_series_that_is_asked_for_exists(samples: Samples, file: str) -> None:
    text = (MONITORING / file).read_text("utf-8")
    asked = set(
        NAME.findall(" ".join(expressions(json.loads(text) if file.endswith("json") else yaml.safe_load(text))))
    )
    assert len(asked) > 1
    assert asked - set(samples) == set()


def expressions(value: Any) -> list[str]:
    """Everything under an ``expr``."""
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        here = [told["expr"]] if isinstance(told.get("expr"), str) else []
        return here + [one for inner in told.values() for one in expressions(inner)]
    inside = cast("list[Any]", value) if isinstance(value, list) else []
    return [one for inner in inside for one in expressions(inner)]


def test_every_metric_of_the_registry_is_there(samples: Samples) -> None:
    assert {metric.exported for metric in METRICS.values()} - set(samples) == set()


def test_values_are_those_of_the_story(samples: Samples) -> None:
    # Six ends, two of them failed; the interview failed once and got through once.
    completion = samples["artifacts_completion_ratio"]
    assert ({"cut": "all", "part": "all"}, pytest.approx(4 / 6)) in completion
    assert ({"cut": "kind", "kind": "interview", "part": "all"}, 0.5) in completion
    assert ({"state": "deferred"}, 1.0) in samples["artifacts_meetings"]
    assert ({"state": "uncertain"}, 0.0) in samples["artifacts_deliveries"]
    assert samples["artifacts_dependency_up"] == [({"dependency": "hubspot"}, 1.0), ({"dependency": "model"}, 0.0)]
    assert ({"objective": "meetings_get_through"}, 6.0) in samples[EVENTS]
    assert ({"objective": "meetings_get_through"}, 2.0) in samples[BAD_EVENTS]
    assert ({"state": "deferred"}, 1791.0) in samples["artifacts_oldest_waiting_seconds"]


def test_a_cut_with_many_members_stays_bounded(reading: Reading) -> None:
    """A kind for each meeting, as a careless sidecar has it: the members with most to count are shown."""
    one = reading.facts["ends"].collect()
    many = pl.concat(
        [one.with_columns(pl.lit(f"kind{n:03}").alias("kind")) for n in range(MOST_MEMBERS + 30)]
        + [one.with_columns(pl.lit("zz_busiest").alias("kind"))] * 3
    )
    facts = Facts({**reading.facts.frames, "ends": many.lazy()})
    found = exposed(Reading(facts, (), {}, {}, reading.now, reading.days))["artifacts_completion_ratio"]
    kinds = {labels["kind"] for labels, _ in found if labels["cut"] == "kind"}
    assert len(kinds) == MOST_MEMBERS
    assert "zz_busiest" in kinds


def test_counters_never_fall_when_a_meeting_is_erased_nor_across_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "counters.json"
    assert Counters(file).advance({"a": (10, 2)}) == {"a": (10, 2)}
    assert Counters(file).advance({"a": (7, 1)}) == {"a": (10, 2)}
    assert Counters(file).advance({"a": (9, 1)}) == {"a": (12, 2)}
    file.write_text("not json")
    assert Counters(file).advance({"a": (9, 1)}) == {"a": (9, 1)}


def test_the_dashboard_is_one_that_grafana_can_show() -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 10
    assert all(target["expr"] and target["refId"] for panel in panels for target in panel["targets"])
    assert all(panel["targets"] and panel["title"] for panel in panels)
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_a_real_prometheus_reads_rules_series_and_every_expression_of_the_dashboard(
    reading: Reading, tmp_path: Path
) -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    recorded = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions(dashboard))]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    for rules in (MONITORING / "alerts.yaml", tmp_path / "panels.yaml"):
        done = subprocess.run(["promtool", "check", "rules", str(rules)], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    registry = CollectorRegistry()
    registry.register(Exposition(families_of(reading)))
    checked = subprocess.run(
        ["promtool", "check", "metrics"], check=False, input=generate_latest(registry), capture_output=True
    )
    # Its style advice ends with 3; what cannot be read ends with 1.
    assert checked.returncode in (0, 3), checked.stderr


def test_the_command_serves_on_loopback_what_it_prints_once(tmp_path: Path) -> None:
    """An empty ledger has no shares, and the counters and states of the rules all the same."""
    environment = {"ARTIFACTS_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        [*COMMAND, "metrics", "--serve", "--port", "0"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # A test runner in a shell's background ignores the interrupt, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/metrics", line)
        assert address, line
        with urllib.request.urlopen(address[0], timeout=30) as answer:
            served = answer.read().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    assert f'{EVENTS}{{objective="writes_land"}} 0.0' in served
    assert 'artifacts_meetings{state="failed"} 0.0' in served
