"""Files in the inbox become meetings and run requests; nothing is lost, nothing asked for twice."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest

from artifact_assets.definitions import JOB
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState
from artifact_assets.partitions import MEETINGS
from sensors.arrivals import FILES_PER_TICK, arrivals_sensor
from tests.pipeline.world import NOON, TALK, World, meta, opened_world

LONG_AGO = NOON.timestamp() - 3600


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with opened_world(tmp_path) as opened:
        yield opened


def tick(world: World, cursor: str | None = None) -> dg.SensorResult:
    """One evaluation; partitions are added by the sensor itself."""
    context = dg.build_sensor_context(instance=world.instance, cursor=cursor, resources={"equipment": world.equipment})
    result = arrivals_sensor(JOB)(context)
    assert isinstance(result, dg.SensorResult)
    return result


def drop(world: World, name: str, lines: list[str] | bytes | None = None, *, sidecar: bool = True) -> Path:
    """A file that has been lying there for an hour."""
    path = world.write(name, lines if lines is not None else [*TALK, f"Ana: About {name}."])
    if not sidecar:
        path.with_name(f"{path.stem}.meta.json").unlink()
    for file in path.parent.iterdir():
        os.utime(file, (LONG_AGO, LONG_AGO))
    return path


def keys_of(request: dg.RunRequest) -> tuple[str, str]:
    """First and last partition of a request."""
    if request.partition_key is not None:
        return request.partition_key, request.partition_key
    return request.tags["dagster/asset_partition_range_start"], request.tags["dagster/asset_partition_range_end"]


def test_new_files_are_asked_for_as_one_range_with_priority(world: World) -> None:
    for name in ("a", "b", "c"):
        drop(world, f"{name}.txt")
    (request,) = tick(world).run_requests or []
    assert keys_of(request) == ("a", "c")
    assert request.tags["dagster/priority"] == "10"
    assert world.instance.get_dynamic_partitions(str(MEETINGS.name)) == ["a", "b", "c"]


def test_an_unchanged_inbox_asks_for_nothing_and_a_touched_file_neither(world: World) -> None:
    path = drop(world, "a.txt")
    tick(world)
    assert tick(world).run_requests == []
    asyncio.run(_as_if_processed(world, "a"))
    os.utime(path, (LONG_AGO + 60, LONG_AGO + 60))
    assert tick(world).run_requests == []


def test_a_changed_file_is_a_new_revision_and_is_asked_for_again(world: World) -> None:
    drop(world, "a.txt")
    (first,) = tick(world).run_requests or []
    drop(world, "a.txt", [*TALK, "Ana: One more thing."])
    os.utime(world.home / "inbox" / "a.txt", (LONG_AGO + 60, LONG_AGO + 60))
    (second,) = tick(world).run_requests or []
    assert first.run_key != second.run_key
    assert second.partition_key == "a"


def test_a_sidecar_that_arrives_later_is_noticed(world: World) -> None:
    drop(world, "a.txt", sidecar=False)
    tick(world)
    (world.home / "inbox" / "a.meta.json").write_text(json.dumps({"kind": "sales"}))
    os.utime(world.home / "inbox" / "a.meta.json", (LONG_AGO, LONG_AGO))
    assert len(tick(world).run_requests or []) == 1


def test_a_file_still_being_written_is_left_alone(world: World) -> None:
    path = drop(world, "a.txt")
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    drop(world, "b.txt.part")
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert tick(world).run_requests == []


def test_two_files_that_claim_one_meeting_are_a_visible_failure_and_the_first_goes_on(world: World) -> None:
    drop(world, "a.txt")
    path = drop(world, "other.txt", ["Zoe: Quite another talk altogether."])
    path.with_name("other.meta.json").write_text(json.dumps(meta("a")))
    (request,) = tick(world).run_requests or []
    assert request.partition_key == "a"
    failed = [m for m in world.meetings().values() if m.state is MeetingState.FAILED]
    assert [m.failure_class for m in failed] == [FailureClass.UNREADABLE_INPUT]
    assert "received for a," in str(failed[0].cause)
    assert "a.txt" not in str(failed[0].cause), "Dagster shows it, and a file's name may be a person's"


def test_an_unreadable_file_becomes_a_failed_meeting_not_a_crashed_sensor(world: World) -> None:
    path = drop(world, "a.txt")
    path.unlink()
    path.symlink_to(world.home / "inbox" / "b.bin")
    (world.home / "inbox" / "b.bin").write_bytes(b"\0" * 21_000_000)
    for file in (path, world.home / "inbox" / "b.bin"):
        os.utime(file, (LONG_AGO, LONG_AGO))
    assert tick(world).run_requests
    assert not world.run(["a"]).success
    assert world.meetings()["a"].failure_class is FailureClass.UNREADABLE_INPUT


def test_many_files_are_worked_off_in_bounded_ticks_and_none_is_forgotten(world: World) -> None:
    inbox = world.home / "inbox"
    inbox.mkdir()
    for number in range(FILES_PER_TICK + 20):
        file = inbox / f"n{number:04d}.txt"
        file.write_text(f"Ana: Hello number {number}.")
        os.utime(file, (LONG_AGO, LONG_AGO))
    first = tick(world)
    assert sum(int(r.tags["artifacts/meetings"]) for r in first.run_requests or []) == FILES_PER_TICK
    second = tick(world, first.cursor)
    assert sum(int(r.tags["artifacts/meetings"]) for r in second.run_requests or []) == 20


def test_a_malformed_cursor_restarts_from_the_top(world: World) -> None:
    drop(world, "a.txt")
    for cursor in ("not json", "[1]", '{"after": 7}'):
        tick(world, cursor)
    assert set(world.meetings()) == {"a"}


async def _as_if_processed(world: World, key: str) -> None:
    assert await world.ledger.begin(key, "somebody", 60) is not None
    await world.ledger.release(key, "somebody")
