"""The inbox: the files in a folder or behind an fsspec URL.

What belongs here: listing them. What does not: which of them are transcripts (see ``artifact_assets.domain.inbox``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.inbox import FoundFile
from resources.files import changed_at, file_system, is_url, reason
from resources.threads import Threads


class FileInbox:
    """``Inbox`` over a folder, made when missing, or an fsspec URL."""

    def __init__(self, location: str, patience_seconds: float = 45) -> None:
        self._location = location
        self._patience_seconds = patience_seconds
        self._threads = Threads(1, "inbox")

    async def files(self) -> tuple[FoundFile, ...]:
        """See ``Inbox.files``."""
        try:
            return await self._threads.run(self._list, self._patience_seconds)
        except TimeoutError:
            raise self._unavailable(TimeoutError()) from None

    def _list(self) -> tuple[FoundFile, ...]:
        return self._remote() if is_url(self._location) else self._local()

    def ours(self, source: str) -> bool:
        """See ``RemovableSources.ours``."""
        if is_url(self._location):
            return source.startswith(self._location.rstrip("/") + "/")
        # A link that lies in the inbox is ours, whatever it leads to: it is the link that is removed.
        return not is_url(source) and Path(source).parent.resolve().is_relative_to(Path(self._location).resolve())

    async def remove(self, source: str) -> bool:
        """See ``RemovableSources.remove``."""
        return await self._threads.run(lambda: (_remove_remote if is_url(source) else _remove_local)(source))

    def _local(self) -> tuple[FoundFile, ...]:
        root = Path(self._location).absolute()
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            return tuple(_below(str(root), str(root)))
        except OSError as error:
            raise self._unavailable(error) from error

    def _remote(self) -> tuple[FoundFile, ...]:
        system, root = file_system(self._location)
        try:
            found: dict[str, dict[str, Any]] = system.find(root, detail=True)
        except Exception as error:
            raise self._unavailable(error) from error
        start = root.rstrip("/") + "/"
        return tuple(
            FoundFile(
                system.unstrip_protocol(path), path.removeprefix(start), int(info.get("size") or 0), changed_at(info)
            )
            for path, info in found.items()
        )

    def _unavailable(self, error: Exception) -> PipelineError:
        return PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"The inbox cannot be listed ({reason(error)}), so no new meeting was noticed.",
            "Check ARTIFACTS_INBOX and its permissions.",
        )


def _remove_local(source: str) -> bool:
    try:
        Path(source).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _not_removed(error) from error
    return True


def _remove_remote(source: str) -> bool:
    system, path = file_system(source)
    try:
        system.rm_file(path)
    except FileNotFoundError:
        return False
    except Exception as error:
        raise _not_removed(error) from error
    return True


def _not_removed(error: Exception) -> PipelineError:
    return PipelineError(
        FailureClass.STORAGE_UNAVAILABLE,
        f"A file of the inbox cannot be removed ({reason(error)}), so its erasure stopped there.",
        "Give the program the right to remove files from ARTIFACTS_INBOX, then say it again.",
    )


def _below(root: str, folder: str) -> list[FoundFile]:
    found: list[FoundFile] = []
    with os.scandir(folder) as listing:
        for entry in listing:
            # A file may go while it is looked at; it is then not there. Links to files are listed, and followed within the
            # inbox only by who reads them; links to folders are not.
            try:
                if entry.is_dir(follow_symlinks=False):
                    found += _below(root, entry.path)
                elif entry.is_file():
                    status = entry.stat()
                    path = Path(entry.path).relative_to(root).as_posix()
                    found.append(FoundFile(entry.path, path, status.st_size, status.st_mtime_ns / 1e9))
            except FileNotFoundError:
                continue
    return found
