"""Calls that never come back cost their caller its patience and nobody else anything."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.artifact_store import open_store
from resources.threads import Threads


async def test_a_hung_call_is_given_up_and_its_place_goes_to_a_new_thread() -> None:
    threads, release = Threads(1, "test"), threading.Event()
    with pytest.raises(TimeoutError):
        await threads.run(release.wait, 0.05)
    assert await threads.run(lambda: 7, 5) == 7
    release.set()


async def test_a_call_that_was_given_up_before_it_began_is_never_made() -> None:
    threads, release, made = Threads(1, "test"), threading.Event(), list[int]()
    first = asyncio.create_task(threads.run(lambda: release.wait(5)))
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await threads.run(lambda: made.append(1), 0.05)
    release.set()
    assert await first
    await threads.run(lambda: made.append(2), 5)
    assert made == [2]


async def test_no_more_threads_than_told_work_at_once_and_errors_are_the_callers() -> None:
    threads, lock, now, most = Threads(3, "test"), threading.Lock(), [0], [0]

    def work() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.005)
        with lock:
            now[0] -= 1

    await asyncio.gather(*(threads.run(work) for _ in range(30)))
    assert most == [3]
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 // 0)


async def test_a_document_on_a_hung_file_system_is_storage_that_is_away(tmp_path: Path) -> None:
    store = open_store(str(tmp_path), patience_seconds=0.2)
    digest = await store.put(b"words")
    place = Path(store.location(digest))
    place.unlink()
    # Opening a pipe that nobody writes to hangs in the kernel, as a dead mount does.
    os.mkfifo(place)
    for ask in (store.get, store.intact):
        with pytest.raises(PipelineError) as away:
            await ask(digest)
        assert away.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
        assert "within 0.2 s" in away.value.cause
    assert await store.put(b"other")


def test_neither_the_loops_end_nor_the_interpreters_waits_for_a_hung_call(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    told = (
        "import asyncio, pathlib, sys; from resources.threads import Threads\n"
        "try: asyncio.run(Threads(2, 't').run(pathlib.Path(sys.argv[1]).read_bytes, 0.1))\n"
        "except TimeoutError: print('given up')\n"
    )
    done = subprocess.run([sys.executable, "-c", told, str(pipe)], capture_output=True, timeout=30, check=True)
    assert done.stdout == b"given up\n"
