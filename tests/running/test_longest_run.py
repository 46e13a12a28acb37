"""A run has a longest time of its own, above the deadlines of its meetings; what it leaves is taken up again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import dagster as dg
import pytest

from artifact_assets.definitions import JOB
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.states import MEETING_STATES
from artifact_assets.wiring import open_equipment
from resources.clock import SystemClock
from sensors.drain import LEFT_BEHIND_AFTER, drain_sensor
from tests.instruments.deployment import running
from tests.instruments.processes import alive, until
from tests.running.talks import write_meetings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployment")]
PATIENCE = 240.0
MONITORING = {"enabled": True, "poll_interval_seconds": 2, "max_runtime_seconds": 15}


@dataclass
class Later(SystemClock):
    """The deployment's clock, when the drain sensor counts what was left as left behind."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock.now() + 1.1 * LEFT_BEHIND_AFTER


def test_a_run_that_outlasts_its_time_is_ended_and_its_meetings_are_taken_up_again(tmp_path: Path) -> None:
    with running(tmp_path, extraction_seconds=900, dagster={"run_monitoring": MONITORING}) as deployment:
        keys = deployment.receive(write_meetings(tmp_path, ["slow"]))
        deployment.graphql.launch_backfill(keys)
        until(lambda: len(deployment.workers()) == 1, "the run to hold the meeting", PATIENCE)
        (worker,) = deployment.workers()
        until(lambda: not alive(worker), "the run's process to end", PATIENCE)
        with deployment.instance() as instance, open_equipment(deployment.settings()) as equipment:
            until(lambda: all(run.is_finished for run in instance.get_runs()), "Dagster to call the run over", PATIENCE)
            later = replace(equipment, clock=cast("Clock", Later(equipment.clock)))
            with dg.build_sensor_context(instance=instance, resources={"equipment": later}) as context:
                told = drain_sensor(JOB)(context)
        assert isinstance(told, dg.SensorResult)
        assert not MEETING_STATES[deployment.meetings()["slow"].state].terminal
        assert [request.partition_key for request in told.run_requests or []] == keys
