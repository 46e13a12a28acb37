"""What something still needs stays, however old it is, and says why."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.dagster_run import DagsterRunStatus
from sqlalchemy import insert, update

from artifact_assets.domain.replay import EntryState, PlanEntry, ReplayPlan
from artifact_assets.domain.retention import Need, RetentionPolicy
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.review import ReviewDesk
from resources.ledger.batch_tables import BATCH_REQUESTS
from resources.ledger.tables import INTENTS, ITEMS, MEETINGS
from tests.erasure.planted import POLICY, Planted, planted, removed, retaining_of


def kept(deployment: Planted, days: int = 100, policy: RetentionPolicy = POLICY) -> set[Need]:
    """Why ``m-1`` is kept, as both the dry run and a pass say."""
    foreseen = asyncio.run(retaining_of(deployment.world, policy, days=days).foresee())
    (outlook,) = [one for one in foreseen.outlooks if one.meeting.meeting_id == "m-1"]
    passed = removed(deployment, days, policy)
    assert passed.kept.keys() == set(outlook.needs)
    assert (not outlook.needs) == (passed.meetings > 0)
    return set(outlook.needs)


@dg.job
def _anything() -> None:
    """A job that does nothing."""


def change(deployment: Planted, statement: Any) -> None:
    with deployment.world.ledger.engine.begin() as connection:
        assert connection.execute(statement).rowcount > 0


def test_what_a_run_or_backfill_is_about_stays(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        tags = {"dagster/partition": "m-1"}
        run = world.instance.create_run_for_job(_anything, tags=tags, status=DagsterRunStatus.STARTED)
        assert kept(deployment) == {Need.TARGETED}
        world.instance.delete_run(run.run_id)
        assert kept(deployment) == set()


def test_what_something_in_the_ledger_needs_stays_and_says_why(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        ledger, now = world.ledger, world.equipment.clock.now()
        of_meeting, held_until = MEETINGS.c.meeting_id == "m-1", now + timedelta(days=365)
        rows = update(MEETINGS).where(of_meeting)

        def because(need: Need, make: Any, undo: Any) -> None:
            change(deployment, make)
            assert kept(deployment) == {need}
            change(deployment, undo)

        lease = rows.values(lease_owner="run@elsewhere:1:1", lease_until=held_until)
        because(Need.UNDER_WAY, lease, rows.values(lease_owner=None, lease_until=None))
        because(Need.UNFINISHED, rows.values(state="deferred"), rows.values(state="delivered"))
        because(Need.UNFINISHED, rows.values(next_attempt_at=held_until), rows.values(next_attempt_at=None))
        because(Need.REVIEW, rows.values(state="quarantined"), rows.values(state="delivered"))
        intents = update(INTENTS).where(INTENTS.c.meeting_id == "m-1")
        for state in (IntentState.UNCERTAIN, IntentState.PARKED, IntentState.RETRY_SCHEDULED):
            because(Need.WRITES, intents.values(state=state.value), intents.values(state="confirmed"))
        because(Need.REVIEW, intents.values(state="awaiting_review"), intents.values(state="confirmed"))
        items = update(ITEMS).where(ITEMS.c.meeting_id == "m-1")
        because(Need.REVIEW, items.values(state="quarantined"), items.values(state="accepted"))
        plan = ReplayPlan("p", now, "ops", "why", {})
        entry = PlanEntry("p", "m-1", 0, EntryState.PREPARED, now)
        asyncio.run(ledger.add_plan(plan, (entry,)))
        assert kept(deployment) == {Need.REPLAY}
        asyncio.run(ledger.note(PlanEntry("p", "m-1", 0, EntryState.APPLIED, now)))
        waiting = {"request_digest": "r", "line": "a" * 64, "size_bytes": 1, "model": "m", "meeting_id": "m-1"}
        more = {"run_id": "run", "queued_at": now, "deadline_at": now, "state": "waiting"}
        change(deployment, insert(BATCH_REQUESTS).values({**waiting, **more}))
        assert kept(deployment) == {Need.BATCH}
        change(deployment, update(BATCH_REQUESTS).values(state="at_once"))
        assert kept(deployment) == set()


def test_a_review_holds_its_meeting_as_long_as_the_policy_says_and_is_over_then(tmp_path: Path) -> None:
    limited = RetentionPolicy.model_validate({**POLICY.model_dump(), "reviews": "80 days"})
    with planted(tmp_path) as deployment:
        world = deployment.world
        world.run([deployment.plant()])
        change(deployment, update(MEETINGS).values(state="quarantined"))
        change(deployment, update(ITEMS).values(state="quarantined"))
        change(deployment, update(INTENTS).values(state="awaiting_review"))
        assert kept(deployment, 79, limited) == {Need.REVIEW}
        assert kept(deployment, 80, limited) == set()
        assert asyncio.run(ReviewDesk(world.equipment).waiting()) == ()
        assert {intent.state for intent in world.intents("m-1")} == {IntentState.WITHDRAWN}
