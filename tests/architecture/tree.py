"""The files of this checkout that are ours.

What belongs here: listing them. What does not: what is expected of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("artifact_assets", "resources", "sensors", "evals", "tests")
"""Packages whose names others use on package indexes."""
FOLDERS = (*ROOMS, "benchmarks", "deploy", "docs", "examples")


def modules(*folders: str) -> Iterator[Path]:
    """Python files below ``folders`` (all when none is named)."""
    for folder in folders or FOLDERS:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()
