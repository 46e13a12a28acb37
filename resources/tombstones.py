"""Tombstones beside the ledger and in the artifact store: a restored ledger is told of the erasures it forgot.

What belongs here: keeping and reading them. What does not: what follows (see ``artifact_assets.stages.erasing``).

The file in the home is asked whenever the ledger is opened; the copies in the store serve machines that have another home, and
a home that was lost. No backup is taken of either, and a restore leaves both as they are.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path

from artifact_assets.domain.documents import canonical_json, sha256
from artifact_assets.domain.erasure import Tombstone
from resources.artifact_store import FileStore

FILE = "erasures.jsonl"
FOLDER = "erasures"


class FileTombstones:
    """``Tombstones`` in the home's file and, when ``store`` is given, in the store."""

    def __init__(self, home: Path, store: FileStore | None = None) -> None:
        self._file = home / FILE
        self._store = store

    @property
    def lines(self) -> int:
        """How many the home's file has."""
        try:
            return self._file.read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    async def write(self, tombstone: Tombstone) -> None:
        """See ``Tombstones.write``."""
        await asyncio.to_thread(self._write, tombstone)

    async def read(self) -> tuple[Tombstone, ...]:
        """See ``Tombstones.read``."""
        return await asyncio.to_thread(self._read)

    def _write(self, tombstone: Tombstone) -> None:
        line = canonical_json(
            {
                "meeting_id": tombstone.meeting_id,
                "at": tombstone.at.isoformat(),
                "transcripts": list(tombstone.transcripts),
            }
        )
        if self._store is not None:
            self._store.place.write(f"{FOLDER}/{sha256(tombstone.meeting_id.encode())}", line)
        if any(stone.meeting_id == tombstone.meeting_id for stone in self._of_file()):
            return
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self) -> tuple[Tombstone, ...]:
        found = {stone.meeting_id: stone for stone in self._of_store()}
        found |= {stone.meeting_id: stone for stone in self._of_file()}
        return tuple(found.values())

    def _of_file(self) -> list[Tombstone]:
        try:
            lines = self._file.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        # A line that was cut off by a crash belongs to an erasure that goes on and writes it again.
        return [stone for line in lines if (stone := _stone(line)) is not None]

    def _of_store(self) -> list[Tombstone]:
        if self._store is None:
            return []
        place = self._store.place
        names = [name for name, _ in place.names() if name.startswith(f"{FOLDER}/")]
        return [stone for name in names if (stone := _stone(place.read(name) or b"")) is not None]


def _stone(line: bytes) -> Tombstone | None:
    try:
        told = json.loads(line)
        return Tombstone(told["meeting_id"], datetime.fromisoformat(told["at"]), tuple(told["transcripts"]))
    except (ValueError, KeyError, TypeError):
        return None
