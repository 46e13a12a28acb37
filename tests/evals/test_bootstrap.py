"""Intervals: what they say of cases, and that the same runs give the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evals.gate.verdict import regressed
from evals.scoring.score import Score, Scores
from evals.statistics.bootstrap import differences, estimates


def cards(values: Sequence[tuple[float, float]], metric: str = "f1") -> dict[str, Scores]:
    return {f"c{n:03}": {metric: Score(metric=metric, top=t, bottom=b)} for n, (t, b) in enumerate(values)}


def test_a_figure_is_a_sum_by_a_sum_and_a_case_with_nothing_to_judge_weighs_nothing() -> None:
    some = [(1, 2), (3, 4), (0, 10)]
    one, other = estimates(cards(some))["f1"], estimates(cards([*some, (0, 0)]))["f1"]
    assert one.value == other.value == pytest.approx(25)
    assert (one.cases, other.cases) == (3, 3)
    assert one.low < 25 < one.high
    assert not estimates(cards([(0, 0)]))


def test_the_interval_is_that_of_the_binomial_where_cases_are_single_trials() -> None:
    found = estimates(cards([(n < 30, 1) for n in range(100)]), seed=3)["f1"]
    # 30 of 100: 1.96 standard errors of 4.58 points on each side.
    assert (found.low, found.high) == (pytest.approx(21, abs=1.5), pytest.approx(39, abs=1.5))


def test_pairs_are_drawn_together_so_that_what_is_equal_is_never_luck() -> None:
    values = [(n % 7, 7) for n in range(40)]
    same = differences(cards(values), cards(values))["f1"]
    assert (same.delta, same.low, same.high, same.better, same.worse) == (0, 0, 0, 0, 0)
    assert not regressed("f1", same)
    slightly = [(top, 8) if n < 20 else (top, bottom) for n, (top, bottom) in enumerate(values)]
    worse = differences(cards(values), cards(slightly))["f1"]
    assert worse.high < 0
    assert regressed("f1", worse)


@pytest.mark.parametrize(("changed", "significant"), [(1, False), (2, False), (6, True)])
def test_few_changed_cases_may_be_luck_and_many_are_not(changed: int, significant: bool) -> None:
    values = [(1.0, 1.0)] * 60
    fewer = [(0.0, 1.0)] * changed + [(1.0, 1.0)] * (60 - changed)
    assert differences(cards(values), cards(fewer))["f1"].significant is significant


def test_a_figure_of_harm_regresses_upwards_and_costs_never() -> None:
    low, high = [(0.0, 4.0)] * 30, [(2.0, 4.0)] * 30
    for metric, told in (("false_commitments", True), ("seconds", False)):
        moved = differences(cards(low, metric), cards(high, metric))[metric]
        assert moved.significant
        assert regressed(metric, moved) is told
        assert not regressed(metric, differences(cards(high, metric), cards(low, metric))[metric])


def test_the_seed_decides_and_the_order_of_cases_does_not() -> None:
    values = [(n % 5, 5) for n in range(30)]
    one = cards(values)
    turned = dict(reversed(one.items()))
    assert estimates(one, seed=1) == estimates(turned, seed=1)
    assert estimates(one, seed=1) != estimates(one, seed=2)
