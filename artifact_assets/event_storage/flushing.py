"""Asking a storage to write what it holds back.

What belongs here: telling storages that hold events back from those that don't. What does not: holding them back (see
``storage``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import dagster as dg


@runtime_checkable
class Flushing(Protocol):
    """A storage whose events may wait."""

    def flush(self) -> None:
        """Write what waits; raises what the database raises."""
        ...


def flush_of(instance: dg.DagsterInstance) -> Callable[[], None]:
    """What makes sure that the events stored through ``instance`` survive this process."""
    storage: object = instance.event_log_storage
    return storage.flush if isinstance(storage, Flushing) else _nothing


def _nothing() -> None:
    return
