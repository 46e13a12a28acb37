"""A whole deployment in a temporary folder: ledger, store, records, inbox and a Dagster instance.

What belongs here: putting the real parts together and asking them afterwards. What does not: what is tested on it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from artifact_assets.assets.specs import asset_key, check_specs
from artifact_assets.configuration.schema import Configuration
from artifact_assets.definitions import build_definitions, run_finished_in
from artifact_assets.domain.inbox import sidecar_name
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.instance import LOCAL_PROFILE
from artifact_assets.partitions import MEETINGS, ranges_of, register
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from artifact_assets.wiring import is_gone
from resources.artifact_store import open_store
from resources.clock import SystemClock
from resources.destinations.record_store import RecordStore
from resources.inbox import FileInbox
from resources.ledger.ledger import SqlLedger, open_ledger
from resources.sources import FileSources

TENANT = "acme"
LOCAL_EVENTS = {"event_log_storage": yaml.safe_load(LOCAL_PROFILE.read_text())["event_log_storage"]}
"""For an instance on disk: where the local profile keeps its events."""
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
TALK = (
    "Ana: Good morning, thanks for joining.",
    "Ben: I'll send the revised quote to Carla by Friday.",
    "Carla: We decided to go with the two year contract.",
    "Ana: The next step is a call with legal next Tuesday.",
)


class NoonClock(SystemClock):
    """The machine's clock, at noon of the day the test meetings took place."""

    def __init__(self) -> None:
        self._shift = NOON - datetime.now(UTC)

    def now(self) -> datetime:
        """The shifted time."""
        return super().now() + self._shift


@dataclass
class World:
    """The deployment. ``equipment`` may be replaced to wrap ports."""

    home: Path
    instance: dg.DagsterInstance
    equipment: Equipment
    ledger: SqlLedger
    records: RecordStore
    runs: list[dg.ExecuteInProcessResult] = field(default_factory=list[dg.ExecuteInProcessResult])

    def write(self, name: str, lines: Iterable[str] | bytes = TALK, sidecar: Mapping[str, Any] | None = None) -> Path:
        """A transcript file, with a sidecar that names people, time and kind unless told otherwise."""
        path = self.home / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(lines if isinstance(lines, bytes) else "\n".join(lines).encode())
        beside = path.with_name(sidecar_name(name))
        if sidecar is None:
            sidecar = meta(path.stem)
        beside.write_text(json.dumps(sidecar))
        return path

    def receive(self, *paths: Path) -> list[str]:
        """Take files into the ledger as the command line does; returns the meeting ids."""
        return [asyncio.run(self._receive(path)) for path in paths]

    async def _receive(self, path: Path) -> str:
        beside = path.with_name(sidecar_name(path.name))
        sidecar = str(beside) if beside.exists() else None
        arrival = await notice(self.equipment.sources, self.equipment.configuration, str(path), path.name, sidecar)
        await self.ledger.receive(arrival, self.equipment.clock.now())
        return arrival.meeting_id

    def run(
        self,
        keys: Sequence[str],
        *,
        stages: Iterable[Stage] = STAGES,
        checks: Sequence[str] | None = None,
        equipment: Equipment | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """One run over consecutive partitions, through the production definitions. ``tags`` are more of the run's."""
        register(self.instance, self.ledger, keys)
        (piece,) = ranges_of(self.instance, keys, 1000)
        job = build_definitions({"equipment": equipment or self.equipment}).resolve_implicit_global_asset_job_def()
        single = len(piece.keys) == 1
        result = job.execute_in_process(
            instance=self.instance,
            partition_key=piece.keys[0] if single else None,
            tags={**({} if single else piece.tags), **(tags or {})},
            asset_selection=[asset_key(stage) for stage in stages],
            raise_on_error=False,
        )
        self.runs.append(result)
        return result

    def meetings(self) -> dict[str, Meeting]:
        """All meetings by id."""
        return {meeting.meeting_id: meeting for meeting in asyncio.run(self.ledger.meetings())}

    def intents(self, meeting_id: str | None = None) -> tuple[Intent, ...]:
        """Writes as the ledger has them."""
        return asyncio.run(self.ledger.intents(meeting_id=meeting_id))

    def written(self) -> list[tuple[str, str | None]]:
        """Tasks and notes at the far side: object and title or body."""
        found: list[tuple[str, str | None]] = []
        for kind, field_name in (("task", "title"), ("note", "body")):
            records = asyncio.run(self.records.list_records(kind))
            found += [(kind, record.fields.get(field_name)) for record in records]
        return found

    def status(self, stage: Stage) -> tuple[set[str], set[str]]:
        """Partitions that Dagster shows as materialized and as failed for a stage."""
        cached = get_and_update_asset_status_cache_value(self.instance, asset_key(stage), MEETINGS)
        assert cached is not None
        good = cached.deserialize_materialized_partition_subsets(MEETINGS)
        bad = cached.deserialize_failed_partition_subsets(MEETINGS)
        return set(good.get_partition_keys()), set(bad.get_partition_keys())

    def check_statuses(self) -> dict[tuple[str, str], str]:
        """Dagster's status by (check, partition)."""
        keys = [spec.key for spec in check_specs()]
        found = self.instance.event_log_storage.get_asset_check_partition_info(keys)
        return {(info.check_key.name, str(info.partition_key)): info.latest_execution_status.value for info in found}


def meta(meeting_id: str, **more: Any) -> dict[str, Any]:
    """A sidecar of a sales meeting of three."""
    return {
        "meeting_id": meeting_id,
        "title": "Renewal",
        "started_at": "2026-11-17T10:00:00+00:00",
        "kind": "sales",
        "participants": [
            {"name": "Ana", "email": "ana@ours.example.com"},
            {"name": "Ben", "email": "ben@ours.example.com"},
            {"name": "Carla", "email": "carla@theirs.example.org"},
        ],
        "refs": {"hubspot": {"deal": "7"}},
        **more,
    }


@contextmanager
def opened_world(
    home: Path,
    ledger_url: str | None = None,
    *,
    configuration: Configuration | None = None,
    clock: Clock | None = None,
    tenant: str = TENANT,
    instance: dg.DagsterInstance | None = None,
    wrap: Callable[[Equipment], Equipment] = lambda equipment: equipment,
) -> Generator[World]:
    """A deployment below ``home``; parts that exist there already are used again."""
    clock = clock or NoonClock()
    with ExitStack() as stack:
        ledger = stack.enter_context(
            open_ledger(ledger_url or f"sqlite:///{home / 'ledger.db'}", tenant=tenant, clock=clock)
        )
        records = stack.enter_context(RecordStore.open(f"sqlite:///{home / 'records.db'}", now=clock.now))
        instance = instance or stack.enter_context(dg.DagsterInstance.ephemeral())
        finished = run_finished_in(instance)
        equipment = Equipment(
            tenant=tenant,
            configuration=configuration or Configuration(),
            ledger=ledger,
            store=open_store(str(home / "store")),
            sources=FileSources(),
            inbox=FileInbox(str(home / "inbox")),
            clock=clock,
            extractor=DeterministicExtractor(),
            destinations={"records": records},
            is_gone=lambda owner: is_gone(owner, finished),
        )
        yield World(home, instance, wrap(equipment), ledger, records)


def with_extractor(equipment: Equipment, extractor: Any) -> Equipment:
    """The same equipment with another extractor."""
    return replace(equipment, extractor=extractor)
