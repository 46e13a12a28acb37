"""Facts: the tables that are counted, as lazy frames.

What belongs here: the one value every metric is a function of, and selecting days of it. What does not: where its frames
come from (see ``drawing`` and ``books``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from artifact_assets.reliability.datasets import DATASETS


@dataclass(frozen=True)
class Facts:
    """One frame per dataset, by name, with the columns of ``datasets``."""

    frames: Mapping[str, pl.LazyFrame]

    def __getitem__(self, name: str) -> pl.LazyFrame:
        return self.frames[name]

    def on(self, since: date, until: date) -> Facts:
        """What counts for the UTC days from ``since`` to before ``until``."""
        wanted = (pl.col("day") >= since) & (pl.col("day") < until)
        return Facts({name: frame.filter(wanted) for name, frame in self.frames.items()})

    def live(self) -> Facts:
        """Live meetings only."""
        return Facts({name: frame.filter(pl.col("way") == "live") for name, frame in self.frames.items()})


def nothing() -> Facts:
    """Facts without a row."""
    return Facts({name: pl.LazyFrame(schema=dataset.schema) for name, dataset in DATASETS.items()})


def together(parts: Iterable[Facts]) -> Facts:
    """All of them as one."""
    found = [nothing(), *parts]
    return Facts({name: pl.concat([part[name] for part in found]) for name in DATASETS})
