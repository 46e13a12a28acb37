"""A progress bar over cases, on stderr, where somebody watches.

What belongs here: the bar. What does not: what is counted.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evals.running.outcome import Outcome


@contextlib.contextmanager
def bar_over(cases: int, what: str = "cases") -> Generator[Callable[[Outcome], None]]:
    """Tell it of each outcome. Without a terminal nothing is drawn. Cases that an endpoint failed are told apart."""
    limited = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=cases)

        def heard(outcome: Outcome) -> None:
            nonlocal limited
            limited += outcome.limited
            told = f"{what}, {limited} held up by the endpoint" if limited else what
            progress.update(task, advance=1, description=told)

        yield heard
