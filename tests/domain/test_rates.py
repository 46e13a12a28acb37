"""The rate budget: never above the limit, live first, taught by headers and 429s."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from artifact_assets.domain.model_ports import ProviderLimits
from artifact_assets.domain.rates import RatePolicy, Rates, fresh, observed, take, throttled
from tests.clock import NOON

POLICY = RatePolicy(requests_per_minute=60, tokens_per_minute=6000, burst_seconds=10, live_reserve=0.2)
OPEN = RatePolicy()


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def taken_at_once(rates: Rates, tokens: float, *, live: bool, seconds: float = 0, policy: RatePolicy = POLICY) -> int:
    count = 0
    while count < 10_000:
        rates, wait = take(rates, after(seconds), tokens, policy, live=live)
        if wait:
            return count
        count += 1
    return count


def test_a_burst_is_what_burst_seconds_allow() -> None:
    assert taken_at_once(fresh("m", NOON, POLICY), 1, live=True) == 10
    assert taken_at_once(fresh("m", NOON, POLICY), 500, live=True) == 2


def test_a_backfill_leaves_a_reserve_for_live_meetings() -> None:
    rates = fresh("m", NOON, POLICY)
    for _ in range(8):
        rates, wait = take(rates, NOON, 1, POLICY, live=False)
        assert wait == 0
    _, wait = take(rates, NOON, 1, POLICY, live=False)
    assert wait > 0
    _, wait = take(rates, NOON, 1, POLICY, live=True)
    assert wait == 0


def test_while_a_live_meeting_waits_a_backfill_gets_nothing() -> None:
    rates = fresh("m", NOON, POLICY)
    for _ in range(10):
        rates, _ = take(rates, NOON, 1, POLICY, live=True)
    rates, wait = take(rates, NOON, 1, POLICY, live=True)
    assert wait == 1
    assert take(rates, after(0.9), 1, POLICY, live=False)[1] > 0
    assert take(rates, after(1.0), 1, POLICY, live=True)[1] == 0


def test_a_request_larger_than_a_full_bucket_passes_when_it_is_full_and_leaves_a_debt() -> None:
    rates, wait = take(fresh("m", NOON, POLICY), NOON, 3000, POLICY, live=True)
    assert wait == 0
    _, wait = take(rates, NOON, 100, POLICY, live=True)
    assert wait == 21


def test_a_429_stops_everybody_and_leaves_a_lower_rate_that_recovers() -> None:
    cut = throttled(fresh("m", NOON, POLICY), NOON, 30, POLICY)
    assert take(cut, after(1), 1, POLICY, live=True)[1] == 29
    assert cut.requests.share == 0.7
    assert throttled(cut, after(1), None, POLICY).requests.share < 0.72
    assert take(cut, after(90), 1, POLICY, live=True)[0].requests.share == 1.0


def test_without_limits_only_what_the_provider_teaches_counts() -> None:
    rates = fresh("m", NOON, OPEN)
    assert taken_at_once(rates, 10**6, live=False, policy=OPEN) == 10_000
    limits = ProviderLimits(requests_per_minute=60, requests_left=3)
    assert taken_at_once(observed(rates, NOON, limits, 0, OPEN), 1, live=True, policy=OPEN) == 3


def test_a_configured_limit_holds_where_the_provider_allows_more() -> None:
    rates = observed(fresh("m", NOON, POLICY), NOON, ProviderLimits(requests_per_minute=9000), 0, POLICY)
    assert taken_at_once(rates, 1, live=True) == 10


def test_tokens_that_were_not_used_come_back() -> None:
    rates, _ = take(fresh("m", NOON, POLICY), NOON, 1000, POLICY, live=True)
    assert take(rates, NOON, 900, POLICY, live=True)[1] > 0
    assert take(observed(rates, NOON, ProviderLimits(), 900, POLICY), NOON, 900, POLICY, live=True)[1] == 0


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(1, 400), st.booleans()), max_size=200))
def test_no_minute_ever_holds_more_than_the_limit_and_one_burst(asks: list[tuple[float, float, bool]]) -> None:
    rates, seconds, taken = fresh("m", NOON, POLICY), 0.0, list[tuple[float, float]]()
    for gap, tokens, live in asks:
        seconds += gap
        rates, wait = take(rates, after(seconds), tokens, POLICY, live=live)
        if wait == 0:
            taken.append((seconds, tokens))
    for start, _ in taken:
        within = [tokens for at, tokens in taken if start <= at <= start + 60]
        assert len(within) <= 60 + 10 + 1
        assert sum(within) <= 6000 + 1000 + 400


def test_a_clock_set_back_by_an_hour_stops_nobody_for_an_hour() -> None:
    rates = fresh("m", NOON, POLICY)
    for _ in range(10):
        rates, _ = take(rates, NOON, 1, POLICY, live=True)
    rates, wait = take(rates, after(-3600), 1, POLICY, live=True)
    assert wait == 1
    assert take(rates, after(-3599), 1, POLICY, live=True)[1] == 0


def test_a_pause_lasts_as_long_as_told_when_the_clock_is_set_back_in_it() -> None:
    rates = throttled(fresh("m", NOON, POLICY), NOON, 30, POLICY)
    rates, wait = take(rates, after(-3600), 1, POLICY, live=True)
    assert wait == 30
    assert take(rates, after(-3571), 1, POLICY, live=True)[1] > 0
    assert take(rates, after(-3569), 1, POLICY, live=True)[1] == 0


def test_two_machines_whose_clocks_differ_by_seconds_get_no_more_than_one() -> None:
    rates, count = fresh("m", NOON, POLICY), 0
    for second in range(60):
        for skew in (0.0, 20.0):
            while True:
                rates, wait = take(rates, after(second + skew), 1, POLICY, live=True)
                if wait:
                    break
                count += 1
    assert count <= 10 + 60 + 20
