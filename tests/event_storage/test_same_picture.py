"""Whatever is written in groups, the user interface shows what Dagster's own event log would show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg

from artifact_assets.assets.specs import asset_key
from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.policies import WalkPolicy
from artifact_assets.domain.states import STAGES, Stage
from tests.event_storage.databases import Database
from tests.event_storage.instances import opened_instance, picture
from tests.pipeline.world import TALK, opened_world


def _after_a_week_of_work(home: Path, instance: dg.DagsterInstance) -> dict[str, Any]:
    """Runs that fail in part, are repeated, select single assets and single checks; and an event of no run."""
    one_by_one = Configuration(walk=WalkPolicy(concurrency=1))
    with opened_world(home, instance=instance, configuration=one_by_one) as world:
        names = [f"m{number}" for number in range(5)]
        keys = world.receive(*(world.write(f"{name}.txt", b"" if name == "m2" else TALK) for name in names))
        assert not world.run(keys).success
        world.receive(world.write("m2.txt", TALK))
        world.run(keys, stages=STAGES[:4])
        assert world.run(keys).success
        alone = world.receive(world.write("alone.txt", TALK))
        world.run(alone, stages=[Stage.TRANSCRIPT])
        world.run(alone)
        missing = world.receive(world.write("empty.txt", b""))
        world.run(missing)
        instance.report_runless_asset_event(
            dg.AssetMaterialization(asset_key(Stage.EXTRACTED), partition="m1", metadata={"reused": True})
        )
        return picture(instance)


def test_the_user_interface_shows_the_same(two_databases: tuple[Database, Database], tmp_path: Path) -> None:
    pictures: list[dict[str, Any]] = []
    for database, grouped in zip(two_databases, (False, True), strict=True):
        home = tmp_path / ("grouped" if grouped else "stock")
        with opened_instance(home / "dagster", database, grouped=grouped) as instance:
            pictures.append(_after_a_week_of_work(home, instance))
    stock, grouped = pictures
    assert grouped["assets"] == stock["assets"]
    assert [len(run) for run in grouped["runs"]] == [len(run) for run in stock["runs"]]
    assert grouped["runs"] == stock["runs"]
    shown = json.dumps(stock)
    assert '"failedPartitions": ["empty"]' in shown
    assert '"succeededPartitions": ["alone", "m0", "m1", "m2", "m3", "m4"]' in shown
    assert all(name in shown for name in ("AssetCheckEvaluationEvent", "RunFailureEvent", "m4"))
