"""Documents by content, in a folder or behind an fsspec URL.

What belongs here: writing atomically under the SHA-256 of the content, and verifying on every read. What does not: what
the documents mean, and collecting those nobody refers to any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.working_set import StoredDocument
from resources.files import file_system, is_url, reason
from resources.store_places import Folder, Place, Remote
from resources.threads import Threads

T = TypeVar("T")

_DIGEST = re.compile(r"[0-9a-f]{64}")
# Writers mostly wait for the disk: more of them than cores.
_THREADS = 16
_REBUILD = (
    "Re-run the meeting: the document is built again from its upstream. If it was the transcript, supply it again."
)


def open_store(location: str, patience_seconds: float = 45) -> FileStore:
    """The artifact store in the folder or at the fsspec URL ``location``."""
    if not is_url(location):
        return FileStore(Folder(Path(location).absolute()), patience_seconds)
    system, root = file_system(location)
    if "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,)):
        return FileStore(Folder(Path(root).absolute()), patience_seconds)
    return FileStore(Remote(system, root.rstrip("/")), patience_seconds)


class FileStore:
    """``ArtifactStore`` over a place. What takes longer than ``patience_seconds`` is given up as storage that is away."""

    def __init__(self, place: Place, patience_seconds: float = 45) -> None:
        self.place = place
        self._patience_seconds = patience_seconds
        self._threads = Threads(_THREADS, "artifact-store")

    async def put(self, content: bytes) -> str:
        """See ``ArtifactStore.put``. Content already there is left alone unless it was altered."""
        digest = sha256(content)

        def put() -> str:
            name = _name(digest)
            if self._guarded(self.place.read, digest, name) != content:
                self._guarded(self.place.write, digest, name, content)
            else:
                # Somebody is about to name it: whoever collects what nobody names must count from now.
                self._guarded(self.place.refresh, digest, name, content)
            return digest

        return await self._run(put, digest)

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

        return await self._run(get, digest)

    async def remove(self, digest: str) -> bool:
        """See ``RemovableStore.remove``."""
        return await self._run(lambda: self._guarded(self.place.remove, digest, _name(digest)), digest)

    async def stored(self, first: str) -> tuple[StoredDocument, ...]:
        """See ``Collectable.stored``."""

        def stored() -> tuple[StoredDocument, ...]:
            found = self._guarded(self.place.listed, first, first)
            return tuple(
                StoredDocument(first + rest, at, size) for rest, at, size in found if _DIGEST.fullmatch(first + rest)
            )

        return await self._threads.run(stored)

    async def discard(self, digest: str, before: datetime) -> bool:
        """See ``Collectable.discard``."""

        def discard() -> bool:
            name = _name(digest)
            at = self._guarded(self.place.changed, digest, name)
            if at is None or at < before:
                self._guarded(self.place.remove, digest, name)
                return True
            return False

        return await self._run(discard, digest)

    async def intact(self, digest: str) -> bool:
        """See ``ArtifactStore.intact``."""

        def intact() -> bool:
            if not _DIGEST.fullmatch(digest):
                return False
            content = self._guarded(self.place.read, digest, _name(digest))
            return content is not None and sha256(content) == digest

        return await self._run(intact, digest)

    def location(self, digest: str) -> str:
        """See ``ArtifactStore.location``."""
        return self.place.locate(_name(digest))

    async def _run(self, work: Callable[[], T], digest: str) -> T:
        try:
            return await self._threads.run(work, self._patience_seconds)
        except TimeoutError:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"The artifact store did not answer for document {digest[:64]!a} within {self._patience_seconds:g} s, so "
                "the meeting stopped there.",
                "Look at the disk or mount behind the store; the meeting is taken up again by itself.",
            ) from None

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


def _name(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        shown = ascii(digest[:80])
        cause = f"{shown} is not a document digest, so no document was looked for."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, _REBUILD)
    return f"{digest[:2]}/{digest[2:]}"
