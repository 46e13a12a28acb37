"""The Grafana dashboard over the Prometheus series.

What belongs here: panels and what they ask. What does not: the series (see ``reliability.exposition``) and alerts (see
``reliability.alert_rules``). Names of series are taken from the code, so that a renamed metric cannot leave a panel empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from artifact_assets.reliability import exposition as series
from artifact_assets.reliability.alert_rules import BAD_EVENTS, EVENTS
from artifact_assets.reliability.metrics.registry import METRICS

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT = 12, 8


@dataclass(frozen=True)
class Panel:
    """One panel: ``asks`` are (expression, legend). ``unit`` is Grafana's name of it."""

    title: str
    unit: str
    asks: tuple[tuple[str, str], ...]
    told: str = ""


def _named(metric: str, chosen: str = 'cut="all"') -> str:
    return f"{METRICS[metric].exported}{{{chosen}}}"


def _cut(metric: str, column: str) -> tuple[str, str]:
    return _named(metric, f'cut="{column}"'), f"{{{{{column}}}}}"


def _panels() -> tuple[Panel, ...]:
    burnt = f"(sum by (objective) (increase({BAD_EVENTS}[1h])) / sum by (objective) (increase({EVENTS}[1h])))"
    budget = f"(1 - max by (objective) ({series.OBJECTIVE}))"
    open_writes = f'{series.DELIVERIES}{{state!~"confirmed|superseded|withdrawn|expired"}}'
    age, failed_reads = (f"time() - {series.MADE_AT}", "age"), (f"increase({series.READ_ERRORS}[1h])", "failed reads")
    return (
        Panel("Error budget left", "percentunit", ((series.BUDGET_LEFT, "{{objective}}"),), "Below 0 an objective is missed."),
        Panel("Burn rate, 1 h", "none", ((f"{burnt} / {budget}", "{{objective}}"),), "1 uses up exactly the budget."),
        Panel("Meetings that got through", "percentunit", (_cut("completion", "way"), (_named("completion"), "all"))),
        Panel("Failures by class", "percentunit", ((_named("terminal_failures"), "{{part}}"),)),
        Panel("File to confirmed", "s", ((_named("freshness"), "{{part}}"),)),
        Panel("Work of each stage", "s", ((_named("stage_work"), "{{part}}"),)),
        Panel("Meetings that wait", "short", ((f'{series.MEETINGS}{{state!~"delivered|expired"}}', "{{state}}"),)),
        Panel("Waiting longest", "s", ((series.OLDEST, "{{state}}"),)),
        Panel("Writes that landed", "percentunit", (_cut("write_success", "destination"),)),
        Panel("Writes not done", "short", ((open_writes, "{{state}}"),)),
        Panel("Dependencies", "short", ((series.DEPENDENCY, "{{dependency}}"),), "1 while called as usual."),
        Panel("Answers of the right shape", "percentunit", (_cut("structured_output", "model"),)),
        Panel("Cost per meeting", "currencyUSD", (_cut("cost", "model"),)),
        Panel("Time to recovery", "s", ((_named("time_to_recovery"), "{{part}}"),)),
        Panel("Manual repair", "percentunit", ((_named("manual_repair"), "all"),)),
        Panel("Records changed by needless replays", "short", ((_named("replay_safety"), "must be 0"),)),
        Panel("Age of what is shown", "s", (age, failed_reads)),
    )  # fmt: skip


def dashboard_text() -> str:
    """The dashboard as JSON, ready for Grafana's import."""
    return json.dumps(_dashboard(), indent=1) + "\n"


def _dashboard() -> dict[str, Any]:
    return {
        "uid": "artifacts-reliability",
        "title": "Meeting artifacts: reliability",
        "tags": ["artifacts"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-7d", "to": "now"},
        "templating": {"list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]},
        "panels": [_laid_out(number, panel) for number, panel in enumerate(_panels())],
    }  # fmt: skip


def _laid_out(number: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.told,
        "datasource": _SOURCE,
        "gridPos": {"x": number % 2 * _WIDTH, "y": number // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
            for place, (expression, legend) in enumerate(panel.asks)
        ],
    }
