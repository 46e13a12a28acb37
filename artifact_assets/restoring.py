"""Noticing, when the ledger is opened, that an older one was put back.

What belongs here: what is asked before anything else happens. What does not: the witness and the tombstones themselves (see
``resources.ledger.witness`` and ``resources.tombstones``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from artifact_assets.stages.erasing import replant
from resources.ledger import ledger as sql
from resources.ledger import witness
from resources.ledger.erasure_book import SqlErasures
from resources.tombstones import FileTombstones


def replanted(ledger: sql.SqlLedger, home: Path) -> None:
    """Have a ledger that was put back forget what was erased since; `forget --resume` does the rest."""
    stones, book = FileTombstones(home), SqlErasures(ledger)

    async def look() -> None:
        if await book.count() < stones.lines:
            await replant(book, stones)

    if stones.lines:
        _apart(look())


def _apart(work: Coroutine[Any, Any, None]) -> None:
    # The caller may be inside an event loop of its own.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@contextlib.contextmanager
def watched(ledger: sql.SqlLedger, home: Path) -> Generator[None]:
    """Notice that an older ledger was put back: then every key is looked up at its destination before it is sent."""

    async def look_first() -> None:
        if await witness.went_back(ledger, home):
            await ledger.look_first(tuple(row.name for row in await ledger.destination_rows()), True)

    _apart(look_first())
    yield
    _apart(witness.seen(ledger, home))
