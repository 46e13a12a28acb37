"""Documents by content: whole or not at all, verified on read.

What belongs here: the store in a folder and behind fsspec. What does not: what documents mean. It cannot show that a power
cut loses nothing, only that nothing is visible before it was flushed.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.artifact_store import FileStore, open_store

CONTENT = b"WEBVTT\n\nDana: I will send it\n" * 1000
DIGEST = sha256(CONTENT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "home" / "documents"


@pytest.fixture(params=["folder", "file URL", "memory URL"])
def store(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> FileStore:
    location = {"folder": str(root), "file URL": f"file://{root}", "memory URL": f"memory://{tmp_path.name}/documents"}
    return open_store(location[request.param])


def file_of(root: Path) -> Path:
    return root / DIGEST[:2] / DIGEST[2:]


async def failure(awaitable: Any) -> PipelineError:
    with pytest.raises(PipelineError) as raised:
        await awaitable
    assert raised.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
    assert "\n" not in str(raised.value)
    return raised.value


async def test_content_comes_back_under_its_digest(store: FileStore) -> None:
    assert await store.put(CONTENT) == DIGEST == await store.put(CONTENT)
    assert await store.get(DIGEST) == CONTENT
    assert await store.intact(DIGEST)
    assert DIGEST[2:] in store.location(DIGEST)
    assert await store.get(await store.put(b"")) == b""


async def test_what_is_not_there_is_named(store: FileStore) -> None:
    assert not await store.intact(DIGEST)
    assert DIGEST in (await failure(store.get(DIGEST))).cause


async def test_it_lies_where_a_person_is_told(root: Path) -> None:
    store = open_store(str(root))
    await store.put(CONTENT)
    assert store.location(DIGEST) == str(file_of(root))
    assert file_of(root).read_bytes() == CONTENT


async def test_only_its_owner_can_read_it(root: Path) -> None:
    await open_store(str(root)).put(CONTENT)
    assert stat.S_IMODE(file_of(root).stat().st_mode) == 0o600
    for folder in (file_of(root).parent, root, root.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT + b"x", b"X" + CONTENT[1:]])
async def test_altered_content_is_detected_and_rewritten_by_the_next_put(root: Path, damage: bytes) -> None:
    store = open_store(str(root))
    await store.put(CONTENT)
    file_of(root).write_bytes(damage)
    assert not await store.intact(DIGEST)
    assert "altered" in (await failure(store.get(DIGEST))).cause
    await store.put(CONTENT)
    assert await store.get(DIGEST) == CONTENT


async def test_what_a_crash_left_half_written_is_in_nobodys_way(root: Path) -> None:
    store = open_store(str(root))
    await store.put(CONTENT)
    folder = file_of(root).parent
    (folder / ".writing-0-0-0").write_bytes(b"half")
    file_of(root).unlink()
    await store.put(CONTENT)
    assert await store.get(DIGEST) == CONTENT


async def test_intact_content_is_not_written_again(root: Path) -> None:
    store = open_store(str(root))
    await store.put(CONTENT)
    before = file_of(root).stat().st_ino
    await store.put(CONTENT)
    assert file_of(root).stat().st_ino == before


@pytest.mark.parametrize("call", ["fsync", "replace"])
async def test_a_crash_while_writing_leaves_what_was_there_and_no_litter(
    root: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    store = open_store(str(root))
    await store.put(CONTENT)
    file_of(root).write_bytes(b"damaged")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    told = await failure(store.put(CONTENT))
    assert "No space left" in told.cause
    monkeypatch.undo()
    assert file_of(root).read_bytes() == b"damaged"
    assert [path.name for path in file_of(root).parent.iterdir()] == [DIGEST[2:]]


async def test_nothing_is_visible_before_it_is_on_the_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    flush = os.fsync

    def watch(descriptor: int) -> None:
        seen.append(file_of(root).exists())
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    await open_store(str(root)).put(CONTENT)
    assert seen == [False, True], "first the file, then, once renamed, its folder"


async def test_many_writers_of_the_same_content_leave_it_whole(root: Path) -> None:
    stores = [open_store(str(root)) for _ in range(4)]
    await asyncio.gather(*(store.put(CONTENT) for store in stores * 5))
    assert await stores[0].get(DIGEST) == CONTENT
    assert [path.name for path in file_of(root).parent.iterdir()] == [DIGEST[2:]]


@pytest.mark.parametrize(
    "hostile", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "\n", "aa/" + "a" * 61, "é" * 64]
)
async def test_what_is_no_digest_reaches_no_file(store: FileStore, hostile: str) -> None:
    assert not await store.intact(hostile)
    await failure(store.get(hostile))
    with pytest.raises(PipelineError):
        store.location(hostile)


async def test_an_unwritable_place_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    await failure(open_store(str(tmp_path / "file" / "documents")).put(CONTENT))


def test_a_file_system_that_is_not_installed_is_named() -> None:
    with pytest.raises(PipelineError) as refusal:
        open_store("nosuch://bucket/documents")
    assert "nosuch" in refusal.value.cause
