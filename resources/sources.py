"""Transcripts where they lie: paths and fsspec URLs.

What belongs here: reading a whole file within a limit. What does not: noticing files, and looking into them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.files import file_system, is_url, reason
from resources.threads import Threads

_THREADS = 16
_CHECK_PATH = "Check the path and its permissions."


class FileSources:
    """``Sources`` over local files and fsspec URLs. What takes longer than ``patience_seconds`` is given up.

    Without ``named`` errors do not tell the path: they become causes that Dagster and alerts show, and a file's name may be a
    person's. A link that lies in ``inbox`` is followed within it only: whoever may drop files may not have others of this
    machine read.
    """

    def __init__(self, patience_seconds: float = 45, inbox: str | None = None, *, named: bool = True) -> None:
        self._patience_seconds = patience_seconds
        self._named = named
        self._inbox = None if inbox is None or is_url(inbox) else Path(inbox).absolute()
        self._threads = Threads(_THREADS, "sources")

    async def read(self, source: str, limit_bytes: int) -> bytes:
        """See ``Sources.read``. A file above the limit is refused before it is read."""
        try:
            return await self._threads.run(lambda: self._read(source, limit_bytes), self._patience_seconds)
        except TimeoutError:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"{self._shown(source)} could not be read within {self._patience_seconds:g} s, so its meeting stopped there.",
                "Look at the disk or mount it lies on; the meeting is taken up again by itself.",
            ) from None

    def _read(self, source: str, limit_bytes: int) -> bytes:
        # Telling a path from a URL asks the file system too.
        if is_url(source):
            return _read_url(source, limit_bytes, self._shown(source))
        dropped = self._inbox is not None and Path(os.path.abspath(source)).is_relative_to(self._inbox)  # noqa: PTH100 - `absolute` keeps `..`
        return _read_path(source, limit_bytes, self._inbox if dropped else None, self._shown(source))

    def _shown(self, source: str) -> str:
        """The name on one line, whatever it holds."""
        if not self._named:
            return "The file received for this meeting"
        return ascii(source) if not source.isprintable() else source


def _read_path(source: str, limit_bytes: int, inbox: Path | None, shown: str) -> bytes:
    try:
        # Opened before it is looked at, so that what was checked is what is read; a pipe must not make us wait.
        if inbox is None:
            descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
        else:
            # Where it leads is opened, and not what is a link again by then.
            descriptor = os.open(_within_inbox(source, inbox, shown), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (OSError, ValueError) as error:
        raise _unreadable(shown, reason(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(shown, "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return _within(file, shown, status.st_size, limit_bytes)
    except OSError as error:
        raise _unreadable(shown, reason(error)) from error
    finally:
        os.close(descriptor)


def _read_url(source: str, limit_bytes: int, shown: str) -> bytes:
    system, path = file_system(source)
    try:
        info = system.info(path)
        if info.get("type") == "directory":
            raise _unreadable(shown, "it is a folder")
        with system.open(path, "rb") as file:
            return _within(file, shown, info.get("size"), limit_bytes)
    except PipelineError:
        raise
    except Exception as error:
        raise _unreadable(shown, reason(error)) from error


def _within(file: Any, shown: str, size: int | None, limit_bytes: int) -> bytes:
    if size is not None and size > limit_bytes:
        raise _too_large(shown, size, limit_bytes)
    content = bytes(file.read(limit_bytes + 1))
    if len(content) > limit_bytes:
        raise _too_large(shown, len(content), limit_bytes)
    return content


def _within_inbox(source: str, inbox: Path, shown: str) -> str:
    target = os.path.realpath(source)
    if Path(target).is_relative_to(os.path.realpath(inbox)):
        return target
    raise PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"{shown} is a link that leads out of the inbox, so it was not followed and its meeting not processed.",
        "Put the file itself into the inbox.",
    )


def _unreadable(shown: str, why: str) -> PipelineError:
    cause = f"{shown} cannot be read ({why}), so its meeting was not processed."
    return PipelineError(FailureClass.UNREADABLE_INPUT, cause, _CHECK_PATH)


def _too_large(shown: str, size: int, limit_bytes: int) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"{shown} has {size} bytes or more, above the limit of {limit_bytes}, so it was not read.",
        "Check that it is a transcript and not a recording; else raise max_file_bytes in the configuration.",
    )
