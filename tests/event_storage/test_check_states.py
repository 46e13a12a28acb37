"""How checks stand for each partition is what Dagster's own way says, whatever happened to them."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionResolvedStatus as Status
from sqlalchemy import text

from artifact_assets.assets.specs import CHECKS, asset_key
from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.event_storage.grouping import GroupingStorage
from artifact_assets.partitions import MEETINGS
from tests.event_storage.databases import Database
from tests.event_storage.instances import opened_instance, storage_of
from tests.pipeline.world import TALK, opened_world

PLANNED = text(
    "INSERT INTO asset_check_executions "
    "(asset_key, check_name, partition, run_id, execution_status, evaluation_event_storage_id) "
    "VALUES (:asset, :check, :partition, :run, 'PLANNED', 1000000)"
)


def test_they_are_what_dagster_says(database: Database, tmp_path: Path) -> None:
    with (
        opened_instance(tmp_path / "dagster", database, grouped=True) as instance,
        opened_world(tmp_path, instance=instance) as world,
    ):
        files = [world.write(f"m{n}.txt", b"" if n == 2 else TALK) for n in range(6)]
        keys = world.receive(*files)
        assert not world.run(keys[:4]).success
        world.run(keys[4:6], stages=STAGES[:4])
        checks = [(dg.AssetCheckKey(asset_key(stage), name), MEETINGS) for name, (stage, _) in CHECKS.items()]
        # Newer than its checks.
        instance.report_runless_asset_event(dg.AssetMaterialization(asset_key(Stage.VALIDATED), partition=keys[0]))
        storage = storage_of(instance)
        check, _ = checks[0]
        under_way = str(uuid.uuid4())
        instance.run_storage.add_run(dg.DagsterRun("job", run_id=under_way, status=dg.DagsterRunStatus.STARTED))
        with storage.index_transaction() as connection:
            row = {"asset": check.asset_key.to_string(), "check": check.name, "partition": keys[5], "run": under_way}
            connection.execute(PLANNED, row)
        instance.delete_dynamic_partition(str(MEETINGS.name), keys[1])

        ours = storage.get_asset_check_state(checks)
        with partition_loading_context(dynamic_partitions_store=instance):
            theirs = super(GroupingStorage, storage).get_asset_check_state(checks)
        assert ours == theirs
        seen = Counter[Status]()
        for state in ours.values():
            seen.update({status: subset.size for status, subset in state.subsets.items()})
        assert {status for status, times in seen.items() if times} >= {
            Status.SUCCEEDED,
            Status.EXECUTION_FAILED,
            Status.IN_PROGRESS,
        }
        assert ours[check].in_progress_runs.keys() == {under_way}


def test_a_check_without_such_partitions_goes_dagsters_own_way(database: Database, tmp_path: Path) -> None:
    days = dg.StaticPartitionsDefinition(["mon", "tue"])
    with opened_instance(tmp_path / "dagster", database, grouped=True) as instance:
        storage = storage_of(instance)
        checks = [
            (dg.AssetCheckKey(dg.AssetKey("one"), "plain"), None),
            (dg.AssetCheckKey(dg.AssetKey("two"), "daily"), days),
            (dg.AssetCheckKey(dg.AssetKey("three"), "ours"), MEETINGS),
        ]
        with partition_loading_context(dynamic_partitions_store=instance):
            assert storage.get_asset_check_state(checks) == super(GroupingStorage, storage).get_asset_check_state(
                checks
            )
