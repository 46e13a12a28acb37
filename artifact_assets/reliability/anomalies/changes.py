"""What changed shortly before something became unusual: a model, a prompt, an extractor, a destination, the program.

What belongs here: finding what appears for the first time. What does not: asking the program's history (an argument).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import polars as pl

from artifact_assets.reliability.datasets import NONE
from artifact_assets.reliability.facts import Facts

BEFORE = timedelta(days=2)
"""How long before it a change still counts as a possible cause."""
COLUMNS = (
    ("calls", "model", "at", "model"),
    ("calls", "prompt_version", "at", "prompt version"),
    ("steps", "extractor", "at", "extractor"),
    ("writes", "destination", "planned_at", "destination"),
)
Commits = Callable[[datetime, datetime], tuple[str, ...]]
"""Commits of the program between two moments, as one line each."""


def no_history(since: datetime, until: datetime) -> tuple[str, ...]:
    """Where the program's history is not at hand."""
    del since, until
    return ()


def changes_between(facts: Facts, since: datetime, until: datetime, commits: Commits = no_history) -> tuple[str, ...]:
    """What was new from ``BEFORE`` before ``since`` on, oldest first within each sort."""
    return (*_first_seen(facts, since - BEFORE, until), *commits(since - BEFORE, until))


def _first_seen(facts: Facts, since: datetime, until: datetime) -> Iterator[str]:
    for dataset, column, at, name in COLUMNS:
        first = (
            facts[dataset].filter(pl.col(column).is_not_null(), pl.col(column) != NONE, pl.col(at) <= until)
            .group_by(column).agg(pl.col(at).min().alias("first")).sort("first", column).collect()
        )  # fmt: skip
        # What has been there from the start is no change.
        for value, when in first.rows()[1:]:
            if when >= since:
                yield f"{name} {value} since {when:%Y-%m-%d %H:%M} UTC"
