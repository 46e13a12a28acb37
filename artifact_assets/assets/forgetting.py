"""Taking a meeting's words out of Dagster's storage.

What belongs here: the events that hold words, and how Dagster lets go of them. What does not: everything else of an erasure
(see ``artifact_assets.stages.erasing``).

Words come into the event log with ``quotes_in_ui: true`` only. Dagster cannot wipe one partition, but it deletes runs with
their events: those runs go, and what they told of other meetings is marked in the ledger as not told, so that it is reported
again. The asset's last materialization, which Dagster keeps as a copy, is overwritten by one without words.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from artifact_assets.assets.specs import asset_key
from artifact_assets.domain.erasure import Taken
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import Stage
from artifact_assets.partitions import retire

WORDS = "items_table"
EVENTS_LOOKED_AT = 10_000
BUSY_SECONDS = 30


@dataclass(frozen=True)
class DagsterEvents:
    """``Copies`` in a Dagster instance. ``report_again`` marks stages of deleted runs as not told."""

    instance: dg.DagsterInstance
    report_again: Callable[[Sequence[str]], Awaitable[int]]

    async def forget(self, meeting_id: str, intents: Iterable[Intent]) -> Taken:
        """See ``Copies.forget``. Raises PipelineError(storage_unavailable) while a run with words is going on."""
        del intents
        runs = await asyncio.to_thread(self._runs_with_words, meeting_id)
        busy = [run_id for run_id in runs if not self._is_over(run_id)]
        if busy:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"Run {busy[0]} is going on and its events quote {meeting_id}, so the erasure stopped there.",
                "Wait until it ends, then say `forget --resume`.",
            )
        if runs:
            # Marked first: after a crash in between, a stage is reported twice and not never.
            await self.report_again(runs)
            await asyncio.to_thread(self._delete, runs, meeting_id)
        await asyncio.to_thread(retire, self.instance, meeting_id)
        return Taken(len(runs))

    def _runs_with_words(self, meeting_id: str) -> list[str]:
        wanted = dg.AssetRecordsFilter(asset_key(Stage.VALIDATED), asset_partitions=[meeting_id])
        found = self.instance.fetch_materializations(wanted, limit=EVENTS_LOOKED_AT).records
        told = [(record.run_id, record.asset_materialization) for record in found]
        return list(dict.fromkeys(run_id for run_id, event in told if event is not None and WORDS in event.metadata))

    def _is_over(self, run_id: str) -> bool:
        run = self.instance.get_run_by_id(run_id)
        return run is None or run.is_finished

    def _delete(self, runs: Sequence[str], meeting_id: str) -> None:
        for run_id in runs:
            with contextlib.suppress(NotImplementedError):
                self.instance.compute_log_manager.delete_logs(prefix=[run_id])
            self.instance.delete_run(run_id)
        self.instance.report_runless_asset_event(
            dg.AssetMaterialization(asset_key(Stage.VALIDATED), partition=meeting_id, metadata={"erased": True})
        )
        for file in self._files(runs):
            compact(file)

    def _files(self, runs: Sequence[str]) -> Iterable[Path]:
        """The SQLite files in which deleted events still lie; none on a server."""
        names = {"index.db", "runs.db", *(f"{run_id}.db" for run_id in runs)}
        root = Path(self.instance.root_directory)
        return [file for file in root.rglob("*.db") if file.name in names]


def compact(file: Path) -> None:
    """Write a SQLite file of Dagster's anew and empty its log."""
    with contextlib.closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
