"""How long what is kept, by kind; wrong policies are refused with what to write instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from artifact_assets.domain.retention import Part, RetentionPeriods, RetentionPolicy
from tests.clock import NOON

EVERYTHING = {"source": "5 days", "documents": "30 days", "answers": "2 weeks", "ledger_text": "180 days"}
POLICY = RetentionPolicy.model_validate(
    {"default": EVERYTHING, "kinds": {"Interview": {"source": "1 day", "answers": "keep", "ledger_text": "keep"}}}
)


def due(kind: str | None, days: float, policy: RetentionPolicy = POLICY) -> set[str]:
    return {part.value for part in policy.due(kind, NOON, NOON + timedelta(days=days))}


def test_each_part_goes_at_its_age_and_not_a_moment_before() -> None:
    assert due("sales", 4.99) == set()
    assert due("sales", 5) == {"source"}
    assert due(None, 14) == {"source", "answers"}
    assert due("sales", 179.99) == {"source", "answers", "documents"}
    assert due("sales", 180) == {part.value for part in Part}


def test_a_kind_leaves_to_the_default_what_it_does_not_say_however_it_is_spelled() -> None:
    assert due("interview", 1) == due("INTERVIEW", 1) == {"source"}
    assert due("interview", 1000) == {"source", "documents"}


def test_nothing_configured_keeps_everything() -> None:
    assert not RetentionPolicy().is_on
    assert due("sales", 10_000, RetentionPolicy()) == set()
    assert RetentionPolicy.model_validate({"kinds": {"interview": {"source": "1 day"}}}).is_on


def test_any_change_of_a_period_is_another_policy_to_confirm() -> None:
    told = [
        {"default": EVERYTHING},
        {"default": {**EVERYTHING, "source": "4 days"}},
        {"default": EVERYTHING, "kinds": {"interview": {"source": "1 day"}}},
        {"default": EVERYTHING, "reviews": "90 days"},
    ]
    assert len({RetentionPolicy.model_validate(one).id for one in told}) == len(told)
    limited = RetentionPolicy.model_validate({**told[0], "meetings_per_pass": 7})
    assert limited.id == RetentionPolicy.model_validate(told[0]).id, "how much in one pass is no question of what"


@pytest.mark.parametrize("told", [30, "30", "30 d", "0 days", "-1 days", "a month", True, "100000 days", ["1 day"]])
def test_a_period_that_is_none_is_refused_with_what_to_write(told: Any) -> None:
    with pytest.raises(ValidationError, match="30 days"):
        RetentionPeriods.model_validate({"source": told})


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({"default": {"ledger_text": "1 day"}}, "default: ledger_text goes last.*give source"),
        ({"default": {**EVERYTHING, "documents": "181 days"}}, "give documents a period no longer than 180 days"),
        ({"default": EVERYTHING, "kinds": {"interview": {"answers": "keep"}}}, "kinds.interview: .*give answers"),
        ({"kinds": {"a": {}, "A": {}}}, "stands there twice"),
        ({"interview": {}}, "interview"),
    ],
)
def test_a_policy_that_would_lose_sight_of_words_is_refused_by_name(told: dict[str, Any], names: str) -> None:
    with pytest.raises(ValidationError, match=names):
        RetentionPolicy.model_validate(told)


def test_what_waits_for_a_person_holds_its_meeting_back_as_long_as_the_policy_says() -> None:
    assert POLICY.reviews_hold(NOON, NOON + timedelta(days=10_000))
    limited = RetentionPolicy.model_validate({"reviews": "60 days"})
    assert limited.reviews_hold(NOON, NOON + timedelta(days=59))
    assert not limited.reviews_hold(NOON, NOON + timedelta(days=60))
