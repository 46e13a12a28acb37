"""How Celery is set: one value, for those who send runs and for those who execute them.

What belongs here: Celery's settings, each with its reason. What does not: the broker's address, which the environment has.

The queue of runs is Dagster's, in PostgreSQL. A run goes to the broker only when a worker is free for it (limits per queue in
``dagster.yaml`` equal the workers' slots), so that a broker that loses everything loses a hand-over and no queue.
"""

from __future__ import annotations

from typing import Any

from artifact_assets.workers.queues import LIVE

SETTINGS: dict[str, Any] = {
    "task_default_queue": LIVE,
    # Acknowledged before it runs: Celery then never delivers a run again by itself, an hour later (its visibility timeout).
    # A run that died with its worker is noticed by its missing pulse and started again by Dagster.
    "task_acks_late": False,
    # A run is fetched only by a process that is free for it, else it could wait behind a long one beside an idle worker.
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {"socket_keepalive": True, "health_check_interval": 10, "socket_connect_timeout": 5},
    # Two minutes of patience for a broker that restarts; the daemon could not launch anything else meanwhile.
    "task_publish_retry_policy": {"max_retries": 30, "interval_start": 0.5, "interval_step": 0.5, "interval_max": 5},
    # A child imports everything before it takes its first run, which takes longer than Celery's four seconds.
    "worker_proc_alive_timeout": 120.0,
    # A bound on whatever a library may leak.
    "worker_max_tasks_per_child": 500,
    "worker_send_task_events": False,
    "result_expires": 86_400,
}
