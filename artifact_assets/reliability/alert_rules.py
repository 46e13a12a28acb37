"""The burn-rate rules in Prometheus' words.

What belongs here: alert rules made from the same objectives and burn rules that the pipeline itself alerts by, for those who
watch everything in one place. What does not: exporting the counters they read.
"""

from __future__ import annotations

from typing import Any

import yaml

from artifact_assets.domain.objectives import BurnRule, Objective, ReliabilityPolicy

EVENTS = "artifacts_slo_events_total"
"""Counter by ``objective``: everything it counts."""
BAD_EVENTS = "artifacts_slo_bad_events_total"
"""Counter by ``objective``: what of it was bad."""
_HEAD = "# Made from the objectives by docs/generate.py. For your own: python -m artifact_assets report --alert-rules FILE\n"
RUNBOOK = "docs/reliability.md"


def alert_rules(policy: ReliabilityPolicy) -> dict[str, Any]:
    """A Prometheus rule file as plain values."""
    rules = [_rule(objective, rule, policy) for objective in policy.objectives for rule in policy.burn]
    return {"groups": [{"name": "artifacts_error_budgets", "rules": rules}]}


def alert_rules_text(policy: ReliabilityPolicy) -> str:
    """The rule file."""
    return _HEAD + yaml.safe_dump(alert_rules(policy), sort_keys=False, width=120)


def _rule(objective: Objective, rule: BurnRule, policy: ReliabilityPolicy) -> dict[str, Any]:
    long, short = f"{rule.long_minutes:g}m", f"{rule.short_minutes:g}m"
    limit = f"{rule.factor * objective.budget:.10g}"
    chosen = f'{{objective="{objective.name}"}}'

    def bad(window: str) -> str:
        return f"sum(increase({BAD_EVENTS}{chosen}[{window}]))"

    def whole(window: str) -> str:
        return f"sum(increase({EVENTS}{chosen}[{window}]))"

    burns = f"{bad(long)} / {whole(long)} > {limit}"
    # An empty short window does not end an alert, as in the pipeline itself.
    still = f"({bad(short)} / {whole(short)} > {limit}) or ({whole(short)} == 0)"

    # Half an event below: increase() estimates whole numbers from samples.
    enough = f"{bad(long)} > {policy.fewest_bad - 0.5:g}"
    return {
        "alert": "ErrorBudgetBurns",
        "expr": f"({burns}) and ({still}) and ({enough})",
        "labels": {"severity": rule.severity, "objective": objective.name, "window": long},
        "annotations": {
            "summary": f"The error budget of {objective.name} burns more than {rule.factor:g} times too fast over {long}.",
            "next_command": "python -m artifact_assets report",
            "runbook": RUNBOOK,
        },
    }
