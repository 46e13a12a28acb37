"""Files by path or fsspec URL.

What belongs here: telling a path from a URL and opening the file system behind it. What does not: what is stored where
(see ``artifact_store`` and ``sources``).
"""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from fsspec.core import url_to_fs  # pyright: ignore[reportUnknownVariableType] - partly typed

from artifact_assets.domain.failures import FailureClass, PipelineError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://|::)")


def is_url(name: str) -> bool:
    """Whether ``name`` is an fsspec URL. A file that exists under that very name is a path."""
    return _URL.match(name) is not None and not os.path.lexists(name)


def file_system(url: str) -> tuple[Any, str]:
    """The file system behind ``url`` and the path in it. Raises PipelineError(storage_unavailable)."""
    try:
        return cast("tuple[Any, str]", url_to_fs(url))
    except (ImportError, ValueError) as error:
        protocol = re.split("://|::", url, maxsplit=1)[0]
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"No file system for {protocol}:// can be opened ({type(error).__name__}), so nothing was read or written.",
            f"Install the fsspec package for {protocol}, or use a folder.",
        ) from error


def make_private_folder(folder: Path) -> None:
    """Create a folder and those above it that are missing, each for its owner only. Raises OSError."""
    if folder.is_dir():
        return
    # mkdir gives only the last folder the mode asked for.
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write UTF-8 text to a file that only its owner reads, also where it was there before. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def open_to_others(path: Path, *, beside_group: bool = False) -> bool:
    """Whether anybody but the owner may read, write or enter what lies there; False when nothing does.

    ``beside_group`` leaves the group out, for a place that another service shares.
    """
    others = stat.S_IRWXO if beside_group else stat.S_IRWXO | stat.S_IRWXG
    try:
        return bool(path.stat().st_mode & others)
    except OSError:
        return False


def reason(error: BaseException) -> str:
    """Why a file operation failed, without the path, which the caller names."""
    return getattr(error, "strerror", None) or type(error).__name__


def changed_at(info: dict[str, Any]) -> float:
    """Seconds since 1970 of the last change, as each store names it; 0 when it tells none."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "created"):
        value = info.get(name)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                continue
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return 0.0
