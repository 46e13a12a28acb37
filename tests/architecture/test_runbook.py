"""The 3 a.m. page leaves nobody alone: every failure class and every degraded state has its row."""

from __future__ import annotations

import re

from artifact_assets.domain.dependency import HealthState
from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.failures import FAILURE_RULES, FailureClass, Nature, RetryOwner
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text("utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The cells of a section's table, by the code in their first."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:3] == "| `"
    ]
    return {row[0].strip("` |"): row[1:] for row in cells}


def test_every_failure_class_has_a_row_and_no_row_is_left_of_a_class_that_is_gone() -> None:
    assert set(rows("Each failure class")) == {each.value for each in FailureClass}


def test_every_degraded_state_has_a_row() -> None:
    degraded = {each.value for each in (*HealthState, *SwitchState)} - {"up", "open"} | {"open", "limited"}
    assert set(rows("Each degraded dependency")) == degraded


def test_what_the_page_says_of_healing_is_what_the_rules_say() -> None:
    """A class that only a person can retry never heals itself, and what is transient and somebody's does."""
    for name, (_, heals, todo) in rows("Each failure class").items():
        rule = FAILURE_RULES[FailureClass(name)]
        assert todo, name
        if rule.retry_owner is RetryOwner.PERSON:
            assert heals.startswith("no"), name
        if rule.nature is not Nature.PERMANENT and name != "backfill_paused":
            assert not heals.startswith("no"), name


def test_every_command_of_the_page_exists() -> None:
    from artifact_assets.commands.main import COMMANDS

    first = {words.split()[0] for words in re.findall(r"`([a-z-]+ (?:[a-z-]+ )?[^`]*)`", PAGE)}
    commands = {word for word in first if word in COMMANDS}
    assert commands >= {"meetings", "replay", "review", "deliveries", "destinations", "backfills", "trace"}
