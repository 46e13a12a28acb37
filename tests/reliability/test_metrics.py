"""Every metric against the told ledger, whose numbers were worked out by hand. One test a metric; see ``ledger_story``."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from artifact_assets.reliability.facts import Facts, nothing
from artifact_assets.reliability.metrics.registry import METRICS, measure, measured

Told = dict[str, tuple[float, float, float]]


def told(facts: Facts, name: str) -> Told:
    """Part to numerator, denominator and value."""
    return {row["part"]: (row["numerator"], row["denominator"], row["value"]) for row in rows(measure(facts, name))}


def cut(facts: Facts, name: str, by: str) -> dict[Any, tuple[float, float]]:
    """Member to numerator and denominator, of a metric with one part."""
    return {row[by]: (row["numerator"], row["denominator"]) for row in rows(measure(facts, name, [by]))}


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows by column name."""
    return frame.to_dicts()


def test_completion(facts: Facts) -> None:
    # plain, away, talk (failed, then got through), torn, vague; waits has no end.
    assert told(facts, "completion") == {"all": (4, 6, pytest.approx(4 / 6))}
    assert cut(facts, "completion", "kind") == {"sales": (3, 3), "interview": (1, 2), "none": (0, 1)}
    assert cut(facts, "completion", "model") == {"m1": (1, 1), "m2": (1, 2), "none": (2, 3)}
    assert cut(facts, "completion", "extractor") == {"model": (2, 3), "deterministic": (2, 2), "none": (0, 1)}


def test_live_and_backfill_are_told_apart(facts: Facts) -> None:
    assert cut(facts, "completion", "way") == {"live": (3, 5), "backfill": (1, 1)}


def test_terminal_failures(facts: Facts) -> None:
    assert told(facts, "terminal_failures") == {
        "model_output_invalid": (1, 6, pytest.approx(1 / 6)),
        "unreadable_input": (1, 6, pytest.approx(1 / 6)),
    }


def test_meeting_retries(facts: Facts) -> None:
    assert told(facts, "meeting_retries") == {
        "1": (4, 6, pytest.approx(4 / 6)),
        "2": (1, 6, pytest.approx(1 / 6)),
        "3": (1, 6, pytest.approx(1 / 6)),
    }


def test_freshness(facts: Facts) -> None:
    # 60 s, 600 s and 7230 s; vague got through with nothing written.
    found = told(facts, "freshness")
    assert found["p50"] == (600, 3, 600)
    assert found["p95"][2] == pytest.approx(600 + 0.9 * 6630)
    assert found["p99"][2] == pytest.approx(600 + 0.98 * 6630)


def test_stage_arrival(facts: Facts) -> None:
    found = told(facts, "stage_arrival")
    assert found["transcript p50"] == (2, 1, 2)
    # plain 40 s, away 30 s, vague 10 s, talk 7200 s.
    assert found["extracted p50"] == (35, 4, 35)
    # The replay of plain is no arrival: plain 60 s, away 600 s, talk 7230 s.
    assert found["delivered p50"] == (600, 3, 600)


def test_stage_work(facts: Facts) -> None:
    found = told(facts, "stage_work")
    assert found["extracted p50"] == (15, 4, 15)
    assert found["delivered p50"] == (7, 4, 7)


def test_backfill_throughput(facts: Facts) -> None:
    assert told(facts, "backfill_throughput") == {"all": (1, pytest.approx(5 / 60), pytest.approx(12))}


def test_write_success(facts: Facts) -> None:
    # p1, p2, a1, a2, t1 landed, t2 was refused; the conflict p3 is left out.
    assert told(facts, "write_success") == {"all": (5, 6, pytest.approx(5 / 6))}
    assert cut(facts, "write_success", "destination") == {"hubspot": (3, 4), "odoo": (2, 2)}


def test_write_retries(facts: Facts) -> None:
    # Sends, not look-ups: p1 2, p2 1, p3 1, a1 4, a2 1, t1 1, t2 none.
    assert {part: found[:2] for part, found in told(facts, "write_retries").items()} == {
        "1": (4, 6),
        "2": (1, 6),
        "4": (1, 6),
    }


def test_write_time(facts: Facts) -> None:
    # p1 5 s, p2 5 s, a1 540 s to its first confirmation, a2 600 s, t1 15 s.
    assert told(facts, "write_time")["p50"] == (15, 5, 15)


def test_structured_output(facts: Facts) -> None:
    # Answered twice, discarded once, truncated once; the timeout brought no answer.
    assert told(facts, "structured_output") == {"all": (2, 4, 0.5)}
    assert cut(facts, "structured_output", "model") == {"m1": (1, 1), "m2": (1, 3)}


def test_cost(facts: Facts) -> None:
    assert told(facts, "cost") == {"all": (pytest.approx(0.10), 2, pytest.approx(0.05))}


def test_tokens(facts: Facts) -> None:
    assert told(facts, "tokens") == {"all": (3260, 2, 1630)}


def test_recovery_time(facts: Facts) -> None:
    # away: put off at 08:01, through at 08:10; talk failed for good, which a person cured.
    assert told(facts, "recovery_time")["p50"] == (540, 1, 540)


def test_time_to_recovery(facts: Facts) -> None:
    assert told(facts, "time_to_recovery") == {
        "destination_unavailable": (540, 1, 540),
        "model_output_invalid": (7200, 1, 7200),
    }


def test_unrecovered(facts: Facts) -> None:
    # torn and waits, of four stretches.
    assert told(facts, "unrecovered") == {"all": (2, 4, 0.5)}


def test_replay_safety(facts: Facts) -> None:
    # p1 was written again with what was there; a1 after a2 was not. One delivery was run again.
    assert told(facts, "replay_safety") == {"all": (1, 1, 1)}
    assert cut(facts, "replay_safety", "model") == {"m1": (1, 1), "m2": (0, 0), "none": (0, 0)}


def test_interventions(facts: Facts) -> None:
    assert told(facts, "interventions") == {"all": (2, 6, pytest.approx(2000 / 6))}
    # The pause concerned no meeting.
    assert cut(facts, "interventions", "kind") == {"sales": (0, 3), "interview": (1, 2), "none": (1, 1)}


def test_manual_repair(facts: Facts) -> None:
    # Delivered: plain-1, plain-2, away-1, talk-1. Only plain-2 was changed within 14 days.
    assert told(facts, "manual_repair") == {"all": (1, 4, 0.25)}
    assert cut(facts, "manual_repair", "destination") == {"hubspot": (1, 3), "odoo": (0, 1)}


def test_every_metric_has_its_test() -> None:
    assert {f"test_{name}" for name in METRICS} <= set(globals())


@pytest.mark.parametrize("name", METRICS)
def test_nothing_happened_is_neither_good_nor_bad(name: str) -> None:
    found = told(nothing(), name)
    assert all(value is None or value == 0 for _, _, value in found.values()), found


@pytest.mark.parametrize("name", METRICS)
def test_the_parts_of_a_cut_add_up_to_the_whole(facts: Facts, name: str) -> None:
    metric = METRICS[name]
    if metric.parts in {"percentile", "stage and percentile"} or name in {"cost", "tokens", "backfill_throughput"}:
        pytest.skip("a percentile, or a count of distinct meetings or hours, does not add up")
    whole = measure(facts, name)["numerator"].sum()
    for by in metric.by:
        assert measure(facts, name, [by])["numerator"].sum() == pytest.approx(whole), by


def test_all_metrics_at_once_say_the_same_by_day_and_cut(facts: Facts) -> None:
    table = measured(facts, ["kind", "destination"])
    tuesday = table.filter(pl.col("day") == date(2026, 11, 17))
    completion = tuesday.filter(pl.col("metric") == "completion")
    assert [(r["cut"], r["member"], r["numerator"], r["denominator"]) for r in rows(completion)] == [
        ("all", "all", 4, 6),
        ("kind", "interview", 1, 2),
        ("kind", "none", 0, 1),
        ("kind", "sales", 3, 3),
    ]
    assert set(table["metric"]) == set(METRICS)
