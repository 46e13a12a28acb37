"""Sending runs to warm Celery workers, and telling whether their worker lives.

What belongs here: dagster-celery's launcher, with a health check that notices a killed worker and survives a broker that lost
its data. What does not: executing runs (see ``app``).

The stock health check asks Celery's result backend. That says STARTED for ever when the whole worker was killed, so the run
would stay until its maximum runtime; and it knows nothing after the broker lost its data, so that healthy runs would be
called dead. Here a run lives while its pulse beats.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from dagster import DagsterRun, StringSource
from dagster._config import UserConfigSchema
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from typing_extensions import override

from artifact_assets.workers.pulse import LASTS_SECONDS, beats, open_broker
from artifact_assets.workers.queues import LIVE
from artifact_assets.workers.settings import SETTINGS

GRACE_SECONDS = 10.0
"""How long a pulse may be missing: a broker that came back empty hears the next beat within five seconds."""


class WarmWorkerLauncher(CeleryRunLauncher):
    """``CeleryRunLauncher`` for the queues ``live`` and ``backfill``. ``broker`` is a redis:// URL."""

    def __init__(
        self,
        broker: str,
        inst_data: ConfigurableClassData | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            default_queue=LIVE, broker=broker, backend=broker, config_source=dict(SETTINGS), inst_data=inst_data
        )
        self._pulses = open_broker(broker)
        self._clock = clock
        self._missing_since: dict[str, float] = {}

    @classmethod
    @override
    def config_type(cls) -> UserConfigSchema:
        """One key; everything else is in ``settings``, where the workers read it too."""
        return {"broker": StringSource}

    @classmethod
    @override
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:
        """See Dagster's ConfigurableClass."""
        return cls(inst_data=inst_data, **config_value)

    @override
    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Alive while the pulse beats, and for a moment longer. Raises RedisError while nobody can tell."""
        now = self._clock()
        if beats(self._pulses, run.run_id):
            self._missing_since.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        since = self._missing_since.setdefault(run.run_id, now)
        if now - since < GRACE_SECONDS:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        # Whoever was missing for long was reported or ended meanwhile.
        self._missing_since = {key: at for key, at in self._missing_since.items() if now - at < 3600}
        silent = LASTS_SECONDS + now - since
        return CheckRunHealthResult(WorkerStatus.FAILED, f"Its worker has given no sign of life for {silent:.0f} s.")

    @override
    def terminate(self, run_id: str) -> bool:
        """Ask the worker to interrupt the run; False when it was never handed over."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
            return False
        return super().terminate(run_id)

    @override
    def get_run_worker_debug_info(self, run: DagsterRun, include_container_logs: bool | None = True) -> str | None:
        """What Celery knows of the run's task."""
        if DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
            return "The run was never handed over to the broker."
        return super().get_run_worker_debug_info(run, include_container_logs)
