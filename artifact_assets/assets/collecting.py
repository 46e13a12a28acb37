"""How often Python looks for objects that only hold each other, while a run walks its meetings.

What belongs here: setting it for a while, and setting it back. What does not: what a walk makes.

A walk makes a few thousand words and turns a meeting, none of which hold each other. With dozens of meetings in flight, a
look at all living objects takes a tenth of a second, and by Python's default one is taken every few meetings: a quarter of
a run's processor time went there. Memory is given back by reference counts all the same.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator

THRESHOLDS = (50_000, 20, 100)
"""New objects before a look at the young ones, and looks at the young before one at the old."""


@contextlib.contextmanager
def seldom() -> Generator[None]:
    """Look seldom while the block runs."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
