"""Third-party files that lie beside the repository on some machines: found here, never copied.

What belongs here: finding them, and the reason when they are absent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_file(relative: str) -> Path:
    """The file, or a skip with the reason."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"third-party file {relative} is not on this machine")
    return path


def shared_folder_files(relative: str) -> list[Path]:
    """Files in a folder, sorted; none when the folder is absent."""
    folder = SHARED / relative
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
