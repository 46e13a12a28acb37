"""Burning budgets as conditions that an operator is told of.

What belongs here: what burns, since when, why mostly, an example and what to type. What does not: sending (see
``stages.alerting``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from artifact_assets.domain.alert_ports import Source
from artifact_assets.domain.alerts import Condition, Severity
from artifact_assets.domain.conditions import COMMAND
from artifact_assets.domain.objectives import Measure
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.burning import Burning

KIND = "error_budget"
FRESH_SECONDS = 60.0
"""Facts this old are fresh enough: the shortest window is five minutes."""


def burn_source(bookkeeping: Bookkeeping) -> Source:
    """Knows which error budgets burn too fast."""

    async def conditions(now: datetime) -> Sequence[Condition]:
        facts = await bookkeeping.facts(FRESH_SECONDS)
        return [condition_of(one) for one in bookkeeping.burning(facts, now)]

    return Source(frozenset({KIND}), conditions)


def condition_of(burning: Burning) -> Condition:
    """One objective's trouble. Its key stays while another rule of the same objective takes over."""
    objective, rule = burning.objective, burning.rule
    over = _span(rule.long_minutes)
    why = f", mostly {burning.top_class}" if burning.top_class else ""
    return Condition(
        key=f"{KIND}:{objective.name}",
        severity=Severity(rule.severity),
        title=f"the error budget of {objective.name} burns {burning.long_rate:.1f} times too fast",
        cause=f"{burning.bad} of {burning.events} were bad in {over}{why}; {objective.budget:.2%} may be.",
        since=burning.since,
        count=burning.bad,
        example_meeting=burning.example_meeting,
        next_command=next_command(burning),
        over=f"The error budget of {objective.name} no longer burns too fast.",
    )


def next_command(burning: Burning) -> str:
    """What shows more about it."""
    chosen = f" --failure-class {burning.top_class}" if burning.top_class else ""
    match burning.objective.measures:
        case Measure.COMPLETION:
            return f"{COMMAND} meetings --state failed{chosen}"
        case Measure.FRESHNESS:
            return f"{COMMAND} status"
        case Measure.WRITES:
            return f"{COMMAND} deliveries --meeting {burning.example_meeting}"
        case Measure.ANSWERS:
            return f"{COMMAND} trace {burning.example_meeting}"


def _span(minutes: float) -> str:
    if minutes >= 2880:
        return f"{minutes / 1440:g} days"
    return f"{minutes / 60:g} hours" if minutes >= 120 else f"{minutes:g} minutes"
