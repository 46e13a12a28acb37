"""``backfills`` and ``status`` tell the same of a pause, and refuse what cannot be counted."""

from __future__ import annotations

from tests.commands.shell import Shell


def test_a_pause_is_shown_with_who_why_and_what_to_type_until_it_is_resumed(delivered: Shell) -> None:
    assert "No backfill yet." in delivered("backfills").err
    assert "All backfills are paused" in delivered("backfills", "pause", "--why", "month end").err
    assert "month end" in delivered("backfills").err
    status = delivered("status").out
    assert "backfill all" in status
    assert "python -m artifact_assets backfills resume all --why TEXT" in status
    delivered("backfills", "resume", "--why", "over")
    assert "nothing to do" in delivered("status").out


def test_one_backfill_is_paused_by_its_name(delivered: Shell) -> None:
    delivered("backfills", "pause", "b1", "--why", "x")
    assert "backfills resume b1" in delivered("status").out
    assert delivered("status", "--json").json()["degraded"][0]["failure_class"] == "backfill_paused"


def test_a_cost_without_prices_is_refused(delivered: Shell) -> None:
    delivered("backfills", "pace", "--cost", "5").assert_refused("unreadable_input")
    assert delivered("backfills", "pace", "--at-once", "5", "--calls-per-minute", "60").code == 0
    assert delivered("backfills", "pace", "--at-once", "0").code == 2
