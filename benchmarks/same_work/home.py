"""A deployment for the same work: ledger and Dagster in PostgreSQL, documents on disk, one model, one destination.

What belongs here: its configuration and environment. What does not: the work (see ``worker``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

SLOTS = 2
"""Dagster runs at once, each in a process of its own, as many as the machine has cores; 50 meetings are theirs together."""
SECRET = "same-work"
WRITES = ("one", "each")
"""``one`` write a meeting, as the peers make: of all claims only the tag has a place at the destination. ``each``: every
action item, decision and tag is a write of its own, as a real mapping has it."""
GROUPED = {"module": "artifact_assets.event_storage.storage", "class": "GroupedEventLogStorage"}
STOCK = {"module": "dagster_postgres.event_log", "class": "PostgresEventLogStorage"}


@dataclass(frozen=True)
class Home:
    """Where the deployment is. ``ledger`` and ``dagster`` are database URLs, ``far_side`` the server's."""

    folder: Path
    ledger: str
    dagster: str
    far_side: str

    def prepare(self, *, writes: str = "one", concurrency: int = 50 // SLOTS, stock_events: bool = False) -> None:
        """Write the two configuration files."""
        allowed = "auto" if writes == "each" else "never"
        configuration = {
            "tags": [{"name": "renewal", "description": "Somebody spoke of a renewal."}],
            "walk": {"concurrency": concurrency},
            # One call a meeting, as the peers make: their transcripts hold double spaces and look longer than they are.
            "model": {"chunk_tokens": 20_000},
            "destinations": {
                "crm": {
                    "vendor": "webhook",
                    "secret": "SAME_WORK_SECRET",
                    "base_url": self.far_side,
                    "options": {"path": "/events"},
                    "limits": {"in_flight": 100, "per_second": 1000},
                }
            },
            "routes": [{"name": "all", "to": ["crm"], "mode": "deliver"}],
            "mapping": {"crm": {"create_task": allowed, "add_note": allowed, "add_tag": "auto"}},
        }
        storage = {"postgres_url": self.dagster}
        instance = {
            "telemetry": {"enabled": False},
            "run_storage": {"module": "dagster_postgres.run_storage", "class": "PostgresRunStorage", "config": storage},
            "schedule_storage": {
                "module": "dagster_postgres.schedule_storage",
                "class": "PostgresScheduleStorage",
                "config": storage,
            },
            "event_log_storage": {**(STOCK if stock_events else GROUPED), "config": storage},
        }
        (self.folder / "dagster").mkdir(parents=True, exist_ok=True)
        (self.folder / "artifacts.yaml").write_text(yaml.safe_dump(configuration))
        (self.folder / "dagster" / "dagster.yaml").write_text(yaml.safe_dump(instance))

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this deployment is started with."""
        return {
            **os.environ,
            "ARTIFACTS_HOME": str(self.folder),
            "ARTIFACTS_CONFIG": str(self.folder / "artifacts.yaml"),
            "ARTIFACTS_DATABASE_URL": self.ledger,
            "ARTIFACTS_LLM_BASE_URL": f"{self.far_side}/v1",
            "ARTIFACTS_LLM_MODEL": "fake-1",
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "SAME_WORK_SECRET": SECRET,
        }


def dagster_url(url: str) -> str:
    """A PostgreSQL URL as Dagster needs it."""
    return url.replace("postgresql://", "postgresql+psycopg2://")
