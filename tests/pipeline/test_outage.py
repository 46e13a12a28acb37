"""A run whose database went away is started again by Dagster; one whose meetings failed is not."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.storage.tags import RETRY_NUMBER_TAG, RETRY_ON_ASSET_OR_OP_FAILURE_TAG
from sqlalchemy.exc import IntegrityError, OperationalError

from artifact_assets.assets.outage import is_outage, once_only, start_again
from artifact_assets.domain.failures import FailureClass, PipelineError


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OperationalError("select", {}, Exception("server closed the connection")), True),
        (PipelineError(FailureClass.STORAGE_UNAVAILABLE, "The database is away."), True),
        (IntegrityError("insert", {}, Exception("there twice")), False),
        (PipelineError(FailureClass.INTERNAL_ERROR, "A bug."), False),
        (dg.Failure("3 of 30 meetings did not get through"), False),
        (KeyError("a bug"), False),
    ],
)
def test_an_outage_is_told_apart_from_bugs_and_failed_meetings(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage


def test_the_mark_starts_one_run_again_and_is_not_inherited() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(_job)
        assert start_again(instance, run.run_id)
        marked = instance.get_run_by_id(run.run_id)
        assert marked is not None
        assert marked.tags[RETRY_ON_ASSET_OR_OP_FAILURE_TAG] == "true"
        once_only(instance, marked)
        assert _mark(instance, run.run_id) == "true", "a run that was not restarted keeps it"
        again = instance.create_run_for_job(_job, tags={**marked.tags, RETRY_NUMBER_TAG: "1"})
        once_only(instance, again)
        assert _mark(instance, again.run_id) == "false"


def test_nobody_waits_for_ever_for_a_database_that_stays_away() -> None:
    slept: list[float] = []
    with dg.DagsterInstance.ephemeral() as instance:
        assert not start_again(instance, "no-such-run", sleep=slept.append, now=lambda: sum(slept))
    assert 50 <= len(slept) <= 70


def _mark(instance: dg.DagsterInstance, run_id: str) -> str:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.tags[RETRY_ON_ASSET_OR_OP_FAILURE_TAG]


@dg.job
def _job() -> None:
    pass
