"""A backfill's pace, its switch and its progress, as pure values."""

from __future__ import annotations

import pytest

from artifact_assets.domain.backfills import ALL, Backfill, Pace, Progress, asked, holding, merged
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import MeetingState


def test_each_number_comes_from_the_first_who_chose_it() -> None:
    own, everybody = Pace(at_once=3), Pace(at_once=9, calls_per_minute=60)
    assert merged((own, everybody, Pace(cost=2.5))) == Pace(at_once=3, calls_per_minute=60, cost=2.5)
    assert merged(()) == Pace()


def test_tags_at_launch_choose_a_pace() -> None:
    tags = {"artifacts/at-once": "7", "artifacts/calls-per-minute": "30", "artifacts/cost": "1.5", "other": "x"}
    assert asked(tags) == Pace(at_once=7, calls_per_minute=30, cost=1.5)
    assert asked({}) == Pace()


@pytest.mark.parametrize("value", ["many", "0", "-1", ""])
def test_a_tag_that_is_no_number_stops_the_run_instead_of_letting_it_take_everything(value: str) -> None:
    with pytest.raises(PipelineError) as refused:
        asked({"artifacts/at-once": value})
    assert "artifacts/at-once" in refused.value.cause


def test_a_backfill_is_held_by_its_own_switch_or_by_the_one_for_all() -> None:
    rows = {"b1": Backfill("b1", paused=True), "b2": Backfill("b2")}
    assert holding(rows, "b1") == rows["b1"]
    assert holding(rows, "b2") is None
    everybody = Backfill(ALL, paused=True)
    assert holding({**rows, ALL: everybody}, "b2") == everybody


def test_progress_tells_what_ended_and_when_the_rest_will_have() -> None:
    states = {MeetingState.DELIVERED: 300, MeetingState.FAILED: 20, MeetingState.DEFERRED: 50, MeetingState.RECEIVED: 5}
    told = Progress("b1", 1000, states, per_minute=34)
    assert told.done == 320
    assert told.left_seconds == pytest.approx(1200)
    assert told.sentence == "320 of 1000 meetings done, 34 a minute, about 20 min left"
    assert Progress("b1", 1000, states, 0).left_seconds is None
    assert Progress("b1", None, states, 34).sentence == "320 meetings done, 34 a minute"
