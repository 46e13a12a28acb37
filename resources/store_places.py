"""Where the artifact store keeps bytes: a folder of this machine, or whatever fsspec reaches.

What belongs here: reading, writing, listing and removing by relative name. What does not: digests and documents (see
``artifact_store``).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from resources.files import changed_at, make_private_folder

_PROCESS = secrets.token_hex(4)
_NUMBERS = itertools.count()
"""With the process id, which changes at a fork, names that nobody else writes to: not even one left by a crash."""


class Place(Protocol):
    """Where bytes are kept by relative name."""

    def read(self, name: str) -> bytes | None:
        """The bytes, or None when there are none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Store the bytes durably, replacing others only as a whole."""
        ...

    def remove(self, name: str) -> bool:
        """Remove the bytes for good; False when there are none."""
        ...

    def names(self) -> Iterator[tuple[str, float]]:
        """Every relative name with the time of its last change, in seconds since 1970."""
        ...

    def locate(self, name: str) -> str:
        """Where a person finds them."""
        ...

    def refresh(self, name: str, content: bytes) -> None:
        """Have what is there count as stored now."""
        ...

    def changed(self, name: str) -> datetime | None:
        """When it was stored last; None when there is none."""
        ...

    def listed(self, folder: str) -> list[tuple[str, datetime, int]]:
        """What lies in a folder: name within it, when it was stored last, size in bytes."""
        ...


class Folder:
    """A folder of this machine, readable by its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # Texts and bare calls where every meeting passes seven times: pathlib and tempfile cost as much as the disk.
        self._prefix = f"{root}/"

    def read(self, name: str) -> bytes | None:
        """See ``Place.read``."""
        try:
            with open(f"{self._prefix}{name}", "rb", buffering=0) as file:  # noqa: PTH123 - see above
                return file.readall()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write beside the target, flush to the disk, then rename: a crash leaves the old state or the new one."""
        target = f"{self._prefix}{name}"
        folder = target.rpartition("/")[0]
        temporary = f"{folder}/.writing-{_PROCESS}-{os.getpid()}-{next(_NUMBERS)}"
        try:
            descriptor = _created(temporary)
        except FileNotFoundError:
            make_private_folder(Path(folder))
            descriptor = _created(temporary)
        try:
            with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(descriptor)
            os.replace(temporary, target)  # noqa: PTH105 - see above
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108 - see above
            raise
        _flush_folder(folder)

    def remove(self, name: str) -> bool:
        """See ``Place.remove``."""
        try:
            (self._root / name).unlink()
        except FileNotFoundError:
            return False
        _flush_folder(str((self._root / name).parent))
        return True

    def names(self) -> Iterator[tuple[str, float]]:
        """See ``Place.names``. A file that goes meanwhile is left out."""
        for folder in sorted(self._root.iterdir()) if self._root.is_dir() else ():
            for file in sorted(folder.iterdir()) if folder.is_dir() else ():
                with contextlib.suppress(FileNotFoundError):
                    yield f"{folder.name}/{file.name}", file.stat().st_mtime

    def locate(self, name: str) -> str:
        """See ``Place.locate``."""
        return f"{self._prefix}{name}"

    def refresh(self, name: str, content: bytes) -> None:  # noqa: ARG002 - the port's; a folder has a clock of its own
        """See ``Place.refresh``."""
        os.utime(self._root / name)

    def changed(self, name: str) -> datetime | None:
        """See ``Place.changed``."""
        try:
            return datetime.fromtimestamp((self._root / name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def listed(self, folder: str) -> list[tuple[str, datetime, int]]:
        """See ``Place.listed``."""
        try:
            with os.scandir(self._root / folder) as entries:
                found = [(entry.name, entry.stat()) for entry in entries]
        except FileNotFoundError:
            return []
        return [(name, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size) for name, stat in found]


class Remote:
    """A store behind fsspec, where an object appears whole or not at all."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root

    def read(self, name: str) -> bytes | None:
        """See ``Place.read``."""
        try:
            return bytes(self._system.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """See ``Place.write``."""
        path = f"{self._root}/{name}"
        self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(path, content)

    def remove(self, name: str) -> bool:
        """See ``Place.remove``."""
        try:
            self._system.rm_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return False
        return True

    def names(self) -> Iterator[tuple[str, float]]:
        """See ``Place.names``."""
        found: dict[str, dict[str, Any]] = self._system.find(self._root, detail=True)
        for path, info in found.items():
            yield "/".join(path.rsplit("/", 2)[-2:]), changed_at(info)

    def locate(self, name: str) -> str:
        """See ``Place.locate``."""
        return str(self._system.unstrip_protocol(f"{self._root}/{name}"))

    def refresh(self, name: str, content: bytes) -> None:
        """Write it again: an object has no other way to count as new."""
        self.write(name, content)

    def changed(self, name: str) -> datetime | None:
        """See ``Place.changed``."""
        try:
            return datetime.fromtimestamp(changed_at(self._system.info(f"{self._root}/{name}")), UTC)
        except FileNotFoundError:
            return None

    def listed(self, folder: str) -> list[tuple[str, datetime, int]]:
        """See ``Place.listed``."""
        try:
            found: list[dict[str, Any]] = self._system.ls(f"{self._root}/{folder}", detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return [
            (
                str(info["name"]).rpartition("/")[2],
                datetime.fromtimestamp(changed_at(info), UTC),
                int(info.get("size") or 0),
            )
            for info in found
        ]


def _created(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _flush_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
