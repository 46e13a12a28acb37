"""Events that a crash took with it while they waited are logged again by the next run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.domain.states import STAGES
from artifact_assets.event_storage.grouping import GroupingStorage
from tests.event_storage.instances import GROUPED, opened_instance
from tests.pipeline.world import TALK, opened_world
from tests.postgres import Postgres


def test_what_was_not_written_stays_pending_and_the_next_run_logs_it(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = GroupingStorage.__dict__["_store_group"]
    crashing = [True]

    def crash(storage: GroupingStorage, events: list[Any]) -> None:
        """A process that dies here has told nobody that its events are stored."""
        if crashing[0] and any(e.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION for e in events):
            events.clear()
            raise ConnectionError("the process is gone")
        written(storage, events)

    monkeypatch.setattr(GroupingStorage, "_store_group", crash)
    with (
        postgres.lent_database() as url,
        opened_instance(tmp_path / "dagster", url, GROUPED, group_milliseconds=3_600_000) as instance,
        opened_world(tmp_path, instance=instance) as world,
    ):
        keys = world.receive(*(world.write(f"m{number}.txt", TALK) for number in range(3)))
        assert not world.run(keys).success
        pending = asyncio.run(world.ledger.pending(100))
        assert {checkpoint.meeting_id for checkpoint in pending} == set(keys)

        crashing[0] = False
        assert world.run(keys).success
        assert asyncio.run(world.ledger.pending(100)) == ()
        assert all(world.status(stage) == (set(keys), set()) for stage in STAGES)
