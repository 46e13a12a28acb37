"""Replies that never came: no vendor ever gets a record twice, and none is missing without a person being told.

What belongs here: every vendor and operation, each write's reply lost after it was done, before it was done, or half-way.
What does not: processes that die (see ``tests/crashes``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_assets.domain.states import IntentState
from tests.destinations.rig import IN_REVIEW, rig_for
from tests.destinations.vendors import VENDORS
from tests.fakes.vendor_server import Answer

EACH = [(name, operation) for name, case in VENDORS.items() for operation in case.operations]
PROXY = Answer(502, headers={"content-type": "text/html"}, raw=b"<html>Bad gateway</html>")
PAGE = Answer(200, headers={"content-type": "text/html"}, raw=b"<html>Please sign in</html>")


@pytest.mark.parametrize("lag", [0, 50])
@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize(("name", "operation"), EACH)
async def test_a_lost_reply_is_asked_about_and_never_sent_twice(
    tmp_path: Path, name: str, operation: str, times: int, lag: int
) -> None:
    with rig_for(name, tmp_path) as rig:
        rig.fake.lag_seconds = lag
        plans = await rig.plan(operation)
        rig.fake.fail("lost", times)
        rows = await rig.deliver()
        for plan in plans:
            assert rig.landed(plan) == 1
            assert rows[plan.intent_key].state is IntentState.CONFIRMED, rows[plan.intent_key].cause
            assert rows[plan.intent_key].receipt is not None


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("lost_before", None), ("half", None), ("after", PROXY), ("after", PAGE), ("answer", PROXY), ("answer", PAGE)],
    ids=["cut-before", "half", "done-502", "done-page", "not-done-502", "not-done-page"],
)
@pytest.mark.parametrize(("name", "operation"), EACH)
async def test_whatever_came_back_instead_of_an_answer_landed_and_in_review_make_what_was_wanted(
    tmp_path: Path, name: str, operation: str, kind: str, answer: Answer | None
) -> None:
    with rig_for(name, tmp_path) as rig:
        plans = await rig.plan(operation)
        rig.fake.fail(kind, 1, answer)
        rows = await rig.deliver()
        strong = (await rig.destination.capability(operation)).sends_again
        for plan in plans:
            landed, state = rig.landed(plan), rows[plan.intent_key].state
            assert landed <= 1
            assert landed + (state in IN_REVIEW and landed == 0) == 1
            assert not strong or (landed, state) == (1, IntentState.CONFIRMED)
