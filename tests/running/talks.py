"""Meetings for tests that need many: short, different, each with a task and a decision.

What belongs here: writing them. What does not: the examples, which are real talk.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from tests.pipeline.world import meta


def write_meetings(home: Path, names: Iterable[str], empty: Collection[str] = (), folder: str = "files") -> list[Path]:
    """One text file with a sidecar per name; those in ``empty`` hold nothing."""
    target = home / folder
    target.mkdir(exist_ok=True)
    paths: list[Path] = []
    for name in names:
        path = target / f"{name}.txt"
        path.with_name(f"{name}.meta.json").write_text(json.dumps(meta(name)))
        path.write_text("" if name in empty else _talk(name))
        paths.append(path)
    return paths


def _talk(name: str) -> str:
    return (
        "Ana: Good morning, thanks for joining.\n"
        f"Ben: I'll send the revised quote for {name} to Carla by Friday.\n"
        f"Carla: We decided to take the two year contract for {name}.\n"
    )
