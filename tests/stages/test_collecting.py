"""Documents that nobody names are counted first, collected when wanted, and never while somebody might yet name them."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.stages.collecting import SHARES, Collected, collect, shares_of_day
from resources.artifact_store import open_store
from resources.clock import SystemClock
from tests.pipeline.world import World, opened_world

POLICY = WorkingSetPolicy(document_grace_days=7)
COLLECT = POLICY.model_copy(update={"documents": "collect"})


def test_what_a_row_names_stays_and_the_rest_is_counted_first(tmp_path: Path) -> None:
    with opened_world(tmp_path) as world:
        world.run(world.receive(world.write("one.txt")))
        named = _stored(tmp_path)
        orphan = asyncio.run(world.equipment.store.put(b"left by a crash"))
        _age(tmp_path, days=8)
        assert _collect(world, POLICY) == Collected(len(named) + 1, unnamed=1, size_bytes=15, deleted=0)
        assert orphan in _stored(tmp_path)
        assert _collect(world, COLLECT) == Collected(len(named) + 1, unnamed=1, size_bytes=15, deleted=1)
        assert _stored(tmp_path) == named
        assert world.run(["one"]).success, "everything that is needed is still there"


def test_what_is_stored_again_counts_as_new(tmp_path: Path) -> None:
    with opened_world(tmp_path) as world:
        orphan = asyncio.run(world.equipment.store.put(b"about to be named"))
        _age(tmp_path, days=8)
        asyncio.run(world.equipment.store.put(b"about to be named"))
        assert _collect(world, COLLECT) == Collected(looked_at=1)
        assert _stored(tmp_path) == {orphan}


@pytest.mark.parametrize("location", ["folder", "memory://collecting"])
def test_folder_and_bucket_list_and_discard_alike(tmp_path: Path, location: str) -> None:
    store = open_store(str(tmp_path / location) if "://" not in location else location)
    now = SystemClock().now()

    async def used() -> None:
        digest = await store.put(b"a document")
        (found,) = await store.stored(digest[:2])
        assert (found.digest, found.size_bytes) == (digest, 10)
        assert abs(found.at - now) < timedelta(minutes=1)
        assert not await store.discard(digest, now - timedelta(days=1)), "too new"
        assert await store.intact(digest)
        assert await store.discard(digest, now + timedelta(days=1))
        assert not await store.intact(digest)
        assert await store.discard(digest, now), "gone is gone"
        assert await store.stored("zz") == ()

    asyncio.run(used())


def test_every_share_has_its_turn_within_eight_days() -> None:
    now = SystemClock().now()
    turns = [share for day in range(8) for share in shares_of_day(now + timedelta(days=day))]
    assert sorted(turns) == list(range(SHARES))


def _collect(world: World, policy: WorkingSetPolicy) -> Collected:
    return asyncio.run(collect(world.ledger, world.equipment.store, policy, SystemClock().now(), range(SHARES)))


def _stored(home: Path) -> set[str]:
    return {path.parent.name + path.name for path in (home / "store").rglob("*") if path.is_file()}


def _age(home: Path, days: float) -> None:
    for path in (home / "store").rglob("*"):
        if path.is_file():
            moment = path.stat().st_mtime - days * 86_400
            os.utime(path, (moment, moment))
