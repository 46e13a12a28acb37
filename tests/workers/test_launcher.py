"""A run lives while its pulse beats: whatever Celery says of it, and whatever the broker forgot."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from redis import RedisError

from artifact_assets.workers.launcher import GRACE_SECONDS, WarmWorkerLauncher
from artifact_assets.workers.pulse import Pulse, beats, open_broker
from tests.instruments.servers import ValkeyServer

pytestmark = pytest.mark.xdist_group("valkey")


class Hands:
    """A clock moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_beating_run_is_alive_and_a_silent_one_is_not_after_the_grace(valkey: ValkeyServer) -> None:
    clock = Hands()
    launcher = WarmWorkerLauncher(valkey.url, clock=clock)
    run = dg.DagsterRun(job_name="any", run_id="11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
    pulse = Pulse(open_broker(valkey.url), run.run_id, "host:1")
    pulse.start()
    while not beats(valkey.client, run.run_id):
        pass
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    pulse.stop()
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING, "one look is not enough"
    clock.now += GRACE_SECONDS + 1
    verdict = launcher.check_run_worker_health(run)
    assert verdict.status is WorkerStatus.FAILED
    assert "no sign of life for 26 s" in str(verdict.msg)


def test_a_run_goes_on_living_when_the_broker_loses_everything(valkey: ValkeyServer) -> None:
    clock = Hands()
    launcher = WarmWorkerLauncher(valkey.url, clock=clock)
    run = dg.DagsterRun(job_name="any", run_id="22222222-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
    pulse = Pulse(open_broker(valkey.url), run.run_id, "host:1", beat_seconds=0.05)
    pulse.start()
    valkey.process.kill()
    with pytest.raises(RedisError):
        launcher.check_run_worker_health(run)
    valkey.start()
    while not beats(valkey.client, run.run_id):
        pass
    clock.now += GRACE_SECONDS + 1
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    pulse.stop()


def test_a_run_that_was_never_handed_over_can_still_be_judged_and_ended(valkey: ValkeyServer) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        launcher = WarmWorkerLauncher(valkey.url)
        launcher.register_instance(instance)
        run = instance.create_run_for_job(_job)
        assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
        assert launcher.terminate(run.run_id) is False
        assert "never handed over" in str(launcher.get_run_worker_debug_info(run))


@dg.job
def _job() -> None:
    pass
