"""What a Celery worker runs: ``celery -A artifact_assets.workers.app worker -Q live``.

What belongs here: the Celery app with its tasks, warming a process up, and a pulse around each run. What does not: settings
(see ``settings``) and which runs go where.
"""

from __future__ import annotations

import importlib
import os
import socket
from typing import Any

import dagster as dg
from celery import signals
from dagster._grpc.types import ExecuteRunArgs, ResumeRunArgs
from dagster._serdes import unpack_value
from dagster_celery.make_app import make_app  # pyright: ignore[reportUnknownVariableType] - partly typed, as the next ones
from dagster_celery.tasks import (
    create_execute_job_task,  # pyright: ignore[reportUnknownVariableType]
    create_resume_job_task,  # pyright: ignore[reportUnknownVariableType]
)

from artifact_assets.workers.pulse import Pulse, open_broker
from artifact_assets.workers.settings import SETTINGS

_BROKER = os.environ["ARTIFACTS_BROKER_URL"]

app = make_app({"broker": _BROKER, "backend": _BROKER, "config_source": dict(SETTINGS)})
execute_job = create_execute_job_task(app)
resume_job = create_resume_job_task(app)

_pulses: dict[str, Pulse] = {}


@signals.worker_process_init.connect
def warm_up(**_: object) -> None:
    """Import everything a run needs, in the process that will run it: libraries with threads do not survive a fork."""
    importlib.import_module("artifact_assets.definitions")

    with dg.DagsterInstance.get() as instance:
        instance.get_runs_count()


@signals.task_prerun.connect
def begin(task_id: str, kwargs: dict[str, Any], **_: object) -> None:
    """Give signs of life as long as the run lasts."""
    packed = kwargs.get("execute_job_args_packed")
    if packed is not None:
        run = unpack_value(packed)
        assert isinstance(run, ExecuteRunArgs | ResumeRunArgs)
        _pulses[task_id] = Pulse(open_broker(_BROKER), run.run_id, f"{socket.gethostname()}:{os.getpid()}")
        _pulses[task_id].start()


@signals.task_postrun.connect
def end(task_id: str, **_: object) -> None:
    """The run is over."""
    pulse = _pulses.pop(task_id, None)
    if pulse is not None:
        pulse.stop()
        pulse.broker.close()
