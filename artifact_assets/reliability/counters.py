"""Counters that never fall, from counts that may.

What belongs here: remembering what was told, so that a monitoring system never sees a counter go down. What does not: what is
counted (see ``burning``).

Erasing a meeting takes its events out of the facts. A counter that fell by one would look to Prometheus like one that
restarted, and its whole value like new events: a false alarm. So only what is added is told, and what was told is kept in
a file beside the export across restarts. Lost, it begins again from the facts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from artifact_assets.domain.failures import FailureClass, PipelineError

Pair = tuple[int, int]


@dataclass(frozen=True)
class Counters:
    """Kept in ``file``: for each name what was counted last and what was told."""

    file: Path

    def advance(self, counted: Mapping[str, Pair]) -> dict[str, Pair]:
        """What to tell, given what is counted now. Raises PipelineError(storage_unavailable)."""
        known = self._known()
        told: dict[str, Pair] = {}
        kept: dict[str, list[Pair]] = {}
        for name, now in counted.items():
            before, last = known.get(name, ((0, 0), (0, 0)))
            told[name] = (last[0] + max(0, now[0] - before[0]), last[1] + max(0, now[1] - before[1]))
            kept[name] = [now, told[name]]
        self._keep(kept)
        return told

    def _known(self) -> dict[str, tuple[Pair, Pair]]:
        try:
            stored = json.loads(self.file.read_text("utf-8"))
            return {name: ((a, b), (c, d)) for name, ((a, b), (c, d)) in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _keep(self, values: Mapping[str, list[Pair]]) -> None:
        beside = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_text(json.dumps(values), "utf-8")
            beside.replace(self.file)
        except OSError as error:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"What counters told cannot be kept in {self.file.parent} ({error.strerror}).",
                "Free disk space, or set ARTIFACTS_EXPORT to a folder that can be written.",
            ) from error
