"""Finished meetings leave the working set, come back when they are worked on, and nothing that is shown is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.execution.asset_backfill import AssetBackfillData
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.storage.dagster_run import DagsterRunStatus
from dagster._time import get_current_timestamp

from artifact_assets.assets.pruning import Pruned, prune
from artifact_assets.assets.retiring import Retired, retire
from artifact_assets.assets.specs import asset_key
from artifact_assets.assets.targeted import UnknownTargetsError
from artifact_assets.backfills import start
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.partitions import MEETINGS, RANGE_END, RANGE_START
from tests.pipeline.world import LOCAL_EVENTS, World, opened_world

POLICY = WorkingSetPolicy(retire_after_days=10, prune_after_days=10)
LATER = timedelta(days=11)


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    (tmp_path / "dagster").mkdir()
    with (
        dg.DagsterInstance.local_temp(str(tmp_path / "dagster"), overrides=LOCAL_EVENTS) as instance,
        opened_world(tmp_path, instance=instance) as opened,
    ):
        yield opened


def test_only_finished_meetings_leave_and_one_that_is_worked_on_comes_back_last(world: World) -> None:
    keys = world.receive(*(world.write(f"{name}.txt") for name in ("one", "two", "three")), world.write("bad.txt", b""))
    world.run(keys)
    assert _retire(world) == Retired(retired=3, needed=0, left=1)
    assert _present(world) == ["bad"], "a failed meeting stays in sight"
    assert world.meetings()["one"].retired_at is not None
    assert _retire(world) == Retired(retired=0, needed=0, left=1)

    world.run(["two"])
    assert _present(world) == ["bad", "two"]
    assert world.meetings()["two"].retired_at is None
    assert world.meetings()["two"].state is MeetingState.DELIVERED
    assert {stage: world.status(stage)[0] for stage in STAGES} == {stage: {"two"} for stage in STAGES} | {
        Stage.TRANSCRIPT: {"two", "bad"}
    }


def test_a_meeting_that_changed_lately_stays(world: World) -> None:
    world.run(world.receive(world.write("one.txt")))
    assert _retire(world, after=timedelta(days=9)) == Retired(0, 0, 1)


def test_what_an_active_run_or_backfill_is_about_stays(world: World) -> None:
    keys = world.receive(*(world.write(f"{name}.txt") for name in ("a", "b", "c", "d", "e", "f")))
    world.run(keys)
    ranged = {RANGE_START: "a", RANGE_END: "b"}
    for tags, status in ((ranged, DagsterRunStatus.STARTING), ({"dagster/partition": "d"}, DagsterRunStatus.STARTED)):
        world.instance.create_run_for_job(_job, tags=tags, status=status)
    world.instance.add_backfill(_backfill(world, "f"))
    assert _retire(world) == Retired(retired=2, needed=4, left=4)
    assert _present(world) == ["a", "b", "d", "f"]


def test_a_replay_brings_a_retired_meeting_back_and_holds_what_it_is_about(world: World) -> None:
    keys = world.receive(world.write("left.txt"), world.write("stays.txt"))
    world.run(keys[:1])
    _retire(world)
    world.run(keys[1:])
    every = [asset_key(stage) for stage in STAGES]
    start(world.equipment, world.instance, keys, every, passable=(), tags={}, title="replay")
    assert _present(world) == ["stays", "left"], "it comes back at the end of the order"
    assert _retire(world) == Retired(retired=0, needed=1, left=2)
    assert _present(world) == ["stays", "left"]


def test_nothing_leaves_while_a_backfill_does_not_tell_what_it_is_about(world: World) -> None:
    world.run(world.receive(world.write("one.txt")))
    silent = PartitionBackfill(
        backfill_id="old", status=BulkActionStatus.REQUESTED, from_failure=False, tags={}, backfill_timestamp=1.0
    )
    world.instance.add_backfill(silent)
    with pytest.raises(UnknownTargetsError):
        _retire(world)
    assert _present(world) == ["one"]


def test_runs_go_when_nothing_shows_them_and_neither_status_nor_trace_changes(world: World) -> None:
    first, second = world.receive(world.write("first.txt"), world.write("second.txt"))
    (bad,) = world.receive(world.write("bad.txt", b""))
    old = world.run([first, second])
    failed = world.run([bad])
    newer = world.run([second])
    assert _prune(world) == Pruned(looked_at=3, deleted=0, kept=3), "each is what some partition shows"

    world.instance.delete_dynamic_partition("meeting", first)
    shown = {stage: world.status(stage) for stage in STAGES}
    checks = {key: status for key, status in world.check_statuses().items() if key[1] != first}
    traced = asyncio.run(world.ledger.transitions(first))
    assert _prune(world) == Pruned(looked_at=3, deleted=1, kept=2)
    left = {run.run_id for run in world.instance.get_runs()}
    assert left == {failed.run_id, newer.run_id}
    assert old.run_id not in left
    assert {stage: world.status(stage) for stage in STAGES} == shown
    assert shown[Stage.NORMALIZED] == ({"second"}, {"bad"})
    assert {key: status for key, status in world.check_statuses().items() if key[1] != first} == checks
    assert first not in {partition for _, partition in world.check_statuses()}, (
        "rows of its evaluations went with its run"
    )
    assert asyncio.run(world.ledger.transitions(first)) == traced
    assert old.run_id in {transition.run_id for transition in traced}
    events = world.instance.event_log_storage
    assert not Path(events.path_for_shard(old.run_id)).exists()  # type: ignore[attr-defined]

    world.run([first])
    assert first in world.status(Stage.DELIVERED)[0], "it comes back with its status, from its checkpoints"


def test_a_pass_goes_on_behind_what_the_last_one_kept(world: World) -> None:
    keys = world.receive(*(world.write(f"{name}.txt") for name in ("a", "b", "c")))
    for key in keys:
        world.run([key])
    world.instance.delete_dynamic_partition("meeting", "c")
    policy = POLICY.model_copy(update={"runs_per_pass": 1})
    deleted = [prune(world.instance, policy, datetime.now(UTC) + LATER).deleted for _ in range(3)]
    assert deleted == [0, 0, 1]


def _retire(world: World, after: timedelta = LATER) -> Retired:
    return asyncio.run(retire(world.instance, world.ledger, POLICY, world.equipment.clock.now() + after))


def _prune(world: World) -> Pruned:
    return prune(world.instance, POLICY, datetime.now(UTC) + LATER)


def _present(world: World) -> list[str]:
    return list(world.instance.get_dynamic_partitions("meeting"))


def _backfill(world: World, key: str) -> PartitionBackfill:
    target = AssetGraphSubset(
        partitions_subsets_by_asset_key={
            asset_key(stage): MEETINGS.subset_with_partition_keys([key]) for stage in STAGES
        }
    )
    now = get_current_timestamp()
    return PartitionBackfill(
        backfill_id="running",
        status=BulkActionStatus.REQUESTED,
        from_failure=False,
        tags={},
        backfill_timestamp=now,
        asset_selection=[asset_key(stage) for stage in STAGES],
        asset_backfill_data=AssetBackfillData.empty(target, now, world.instance),
    )


@dg.job
def _job() -> None:
    pass
