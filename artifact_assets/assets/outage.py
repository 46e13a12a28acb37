"""A run that its database left: it is to be started again, although it was no process that died.

What belongs here: telling that apart from other failures, and marking the run. What does not: starting it again (Dagster's
run retries do) and failures of meetings, which the ledger has.

Dagster restarts runs whose process died, and no others, because each failure class has one owner that tries again. When the
database goes away under a run, its meetings stay unfinished with nobody to tell the ledger so: the same as a death.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import dagster as dg
from dagster._core.storage.tags import RETRY_NUMBER_TAG, RETRY_ON_ASSET_OR_OP_FAILURE_TAG
from dagster_shared.error import DagsterError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from artifact_assets.domain.failures import FailureClass, PipelineError

PATIENCE_SECONDS = 120.0
"""How long a run waits for the database to take its end; after that nobody is told and the missing pulse has to do."""
PAUSE_SECONDS = 2.0


def is_outage(error: BaseException) -> bool:
    """Whether the storage went away, as far as the error tells."""
    if isinstance(error, PipelineError):
        return error.failure_class is FailureClass.STORAGE_UNAVAILABLE
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def start_again(
    instance: dg.DagsterInstance,
    run_id: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Mark the run for Dagster's run retries, as soon as Dagster's database answers; False when it did not in time."""
    give_up = now() + PATIENCE_SECONDS
    while True:
        try:
            instance.add_run_tags(run_id, {RETRY_ON_ASSET_OR_OP_FAILURE_TAG: "true"})
        except (DBAPIError, DagsterError, OSError):
            if now() > give_up:
                return False
            sleep(PAUSE_SECONDS)
        else:
            return True


def once_only(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Take the mark from a run that Dagster started because of it: it inherits the tags, and is a run like any other."""
    if RETRY_NUMBER_TAG in run.tags and run.tags.get(RETRY_ON_ASSET_OR_OP_FAILURE_TAG) == "true":
        instance.add_run_tags(run.run_id, {RETRY_ON_ASSET_OR_OP_FAILURE_TAG: "false"})
