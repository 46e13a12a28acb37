"""An erasure that was cut off is finished by the pipeline itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from artifact_assets.assets.privacy import PRIVACY_JOB
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.erasure import Erasure, Tombstone
from artifact_assets.domain.states import MeetingState
from sensors.erasures import CUT_OFF_AFTER, erasures_sensor
from tests.crashes.faults import Death
from tests.crashes.test_erasure_points import DiesAtWritePoint
from tests.erasure.planted import Planted, lies_in, planted

AT = 9
"""A write point in the middle: the meeting is closed, and most of it is still there."""


def tick(deployment: Planted) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(instance=deployment.world.instance, resources={"eraser": deployment.eraser})
    answer = erasures_sensor(PRIVACY_JOB)(context)
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def later(deployment: Planted, by: timedelta) -> Planted:
    """The same deployment with a clock that goes ahead."""
    clock = deployment.eraser.clock

    class Ahead:
        def now(self) -> object:
            return clock.now() + by

        def __getattr__(self, name: str) -> object:
            return getattr(clock, name)

    return replace(deployment, eraser=replace(deployment.eraser, clock=Ahead()))


def finish(deployment: Planted) -> dg.ExecuteInProcessResult:
    """The requested run."""
    job = build_definitions({"eraser": deployment.eraser}).resolve_job_def(PRIVACY_JOB)
    return job.execute_in_process(instance=deployment.world.instance, raise_on_error=False)


def erasures(deployment: Planted, *, unfinished: bool) -> tuple[Erasure, ...]:
    return asyncio.run(deployment.book.erasures(unfinished=unfinished))


def test_the_sensor_notices_a_cut_off_erasure_and_the_job_finishes_it(tmp_path: Path) -> None:
    with planted(tmp_path) as deployment:
        assert deployment.world.run([deployment.plant()]).success
        assert isinstance(tick(later(deployment, CUT_OFF_AFTER * 2)), dg.SkipReason)
        with pytest.raises(Death):
            asyncio.run(DiesAtWritePoint(AT).around(deployment.eraser).erase("m-1", "ops"))
        assert deployment.world.meetings()["m-1"].state is MeetingState.ERASED
        assert lies_in(tmp_path)
        # Who began it may still be at it.
        assert isinstance(tick(deployment), dg.SkipReason)
        noticed = tick(later(deployment, CUT_OFF_AFTER + timedelta(minutes=1)))
        assert isinstance(noticed, dg.SensorResult)
        assert noticed.run_requests is not None
        assert len(noticed.run_requests) == 1
        assert finish(deployment).success
        (erasure,) = erasures(deployment, unfinished=False)
        assert erasure.finished_at is not None
        deployment.world.ledger.close()
    assert lies_in(tmp_path) == {}


def test_one_that_cannot_be_finished_holds_up_no_other(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        keys = [deployment.plant(), deployment.plant("m-2", name="zebratwin")]
        assert deployment.world.run(keys).success
        for number, key in enumerate(keys):
            stone = Tombstone(key, deployment.eraser.clock.now() + timedelta(seconds=number), ())
            assert asyncio.run(deployment.book.close(stone)) is None
        # A folder stands where the first meeting's file was: nothing removes that as a file.
        (tmp_path / "inbox" / "zebrafile.txt").unlink()
        (tmp_path / "inbox" / "zebrafile.txt").mkdir()
        told = finish(deployment)
        assert not told.success
        (failure,) = [event for event in told.all_events if event.is_step_failure]
        assert "cannot be removed" in str(failure.step_failure_data.user_failure_data)
        assert [one.meeting_id for one in erasures(deployment, unfinished=True)] == ["m-1"]
        (tmp_path / "inbox" / "zebrafile.txt").rmdir()
        assert finish(deployment).success
        assert erasures(deployment, unfinished=True) == ()
