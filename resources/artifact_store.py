"""Documents by content, in a folder or behind an fsspec URL.

What belongs here: writing atomically under the SHA-256 of the content, and verifying on every read. What does not: what
the documents mean, and collecting those nobody refers to any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.files import changed_at, file_system, is_url, make_private_folder, reason

T = TypeVar("T")

_DIGEST = re.compile(r"[0-9a-f]{64}")
# Writers mostly wait for the disk: more of them than cores.
_THREADS = 16
_REBUILD = (
    "Re-run the meeting: the document is built again from its upstream. If it was the transcript, supply it again."
)


def open_store(location: str) -> FileStore:
    """The artifact store in the folder or at the fsspec URL ``location``."""
    if not is_url(location):
        return FileStore(Folder(Path(location).absolute()))
    system, root = file_system(location)
    if "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,)):
        return FileStore(Folder(Path(root).absolute()))
    return FileStore(Remote(system, root.rstrip("/")))


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


class FileStore:
    """``ArtifactStore`` over a place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="artifact-store")

    async def put(self, content: bytes) -> str:
        """See ``ArtifactStore.put``. Content already there is left alone unless it was altered."""

        def put() -> str:
            digest = sha256(content)
            name = _name(digest)
            if self._guarded(self.place.read, digest, name) != content:
                self._guarded(self.place.write, digest, name, content)
            return digest

        return await self._run(put)

    async def get(self, digest: str) -> bytes:
        """See ``ArtifactStore.get``."""

        def get() -> bytes:
            content = self._guarded(self.place.read, digest, _name(digest))
            if content is None:
                raise PipelineError(
                    FailureClass.STORAGE_UNAVAILABLE,
                    f"Document {digest} is not in the artifact store, so what depends on it could not go on.",
                    _REBUILD,
                )
            if sha256(content) != digest:
                raise PipelineError(
                    FailureClass.STORAGE_UNAVAILABLE,
                    f"Document {digest} was altered in the artifact store, so it was not used.",
                    _REBUILD,
                )
            return content

        return await self._run(get)

    async def remove(self, digest: str) -> bool:
        """See ``RemovableStore.remove``."""
        return await self._run(lambda: self._guarded(self.place.remove, digest, _name(digest)))

    async def written_before(self, moment: float) -> tuple[str, ...]:
        """See ``RemovableStore.written_before``."""

        def listed() -> tuple[str, ...]:
            named = ((name.replace("/", ""), at) for name, at in self.place.names())
            return tuple(digest for digest, at in named if at < moment and _DIGEST.fullmatch(digest))

        return await self._run(listed)

    async def intact(self, digest: str) -> bool:
        """See ``ArtifactStore.intact``."""

        def intact() -> bool:
            if not _DIGEST.fullmatch(digest):
                return False
            content = self._guarded(self.place.read, digest, _name(digest))
            return content is not None and sha256(content) == digest

        return await self._run(intact)

    def location(self, digest: str) -> str:
        """See ``ArtifactStore.location``."""
        return self.place.locate(_name(digest))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _guarded(self, act: Callable[..., T], digest: str, *arguments: Any) -> T:
        try:
            return act(*arguments)
        except PipelineError:
            raise
        except Exception as error:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"Document {digest} could not be read or written at {self.location(digest)} ({reason(error)}), so the "
                "meeting stopped there.",
            ) from error


class Folder:
    """A folder of this machine, readable by its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str) -> bytes | None:
        """See ``Place.read``."""
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write beside the target, flush to the disk, then rename: a crash leaves the old state or the new one."""
        target = self._root / name
        make_private_folder(target.parent)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
        _flush_folder(target.parent)

    def remove(self, name: str) -> bool:
        """See ``Place.remove``."""
        try:
            (self._root / name).unlink()
        except FileNotFoundError:
            return False
        _flush_folder((self._root / name).parent)
        return True

    def names(self) -> Iterator[tuple[str, float]]:
        """See ``Place.names``. A file that goes meanwhile is left out."""
        for folder in sorted(self._root.iterdir()) if self._root.is_dir() else ():
            for file in sorted(folder.iterdir()) if folder.is_dir() else ():
                with contextlib.suppress(FileNotFoundError):
                    yield f"{folder.name}/{file.name}", file.stat().st_mtime

    def locate(self, name: str) -> str:
        """See ``Place.locate``."""
        return str(self._root / name)


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


def _name(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        shown = ascii(digest[:80])
        cause = f"{shown} is not a document digest, so no document was looked for."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, _REBUILD)
    return f"{digest[:2]}/{digest[2:]}"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
