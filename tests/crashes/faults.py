"""A process death at the n-th outside call, in process.

What belongs here: counting outside calls over all ports and dying at one of them. What does not: what is asserted
afterwards. Each call has two points of death: before it happens, and after it happened but before anybody heard.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg

from artifact_assets.stages.equipment import Equipment

ASSET_EVENTS = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_CHECK_EVALUATION}


class Death(BaseException):
    """The process is gone. Not an Exception: no handler of the product may survive it."""


@dataclass
class DiesAtCall:
    """Dies at point ``at`` (from 1) and at every later one, because a dead process does nothing more."""

    at: int
    points: int = 0
    dead: bool = False
    named: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def point(self, name: str) -> None:
        """A point where the process may die."""
        with self._lock:
            self.points += 1
            if self.points == self.at:
                self.dead, self.named = True, name
            if self.dead:
                raise Death(name)

    def wrap(self, equipment: Equipment) -> Equipment:
        """The equipment with every port dying on schedule."""
        return replace(
            equipment,
            ledger=Dying(equipment.ledger, self, "ledger"),
            store=Dying(equipment.store, self, "store"),
            sources=Dying(equipment.sources, self, "sources"),
            destinations={name: Dying(destination, self, name) for name, destination in equipment.destinations.items()},
        )

    @contextmanager
    def around_events(self, instance: dg.DagsterInstance) -> Generator[None]:
        """Die around the logging of materializations and check evaluations too."""
        original = instance.handle_new_event

        def handle(event: Any, **options: Any) -> Any:
            about_assets = event.is_dagster_event and event.dagster_event_type in ASSET_EVENTS
            if about_assets:
                self.point(f"before event {event.dagster_event_type.value}")
            answer = original(event, **options)
            if about_assets:
                self.point(f"after event {event.dagster_event_type.value}")
            return answer

        instance.handle_new_event = handle
        try:
            yield
        finally:
            del instance.handle_new_event


class Dying:
    """Stands in front of a port: every coroutine method has a point before and one after."""

    def __init__(self, port: Any, faults: DiesAtCall, name: str) -> None:
        self._port = port
        self._faults = faults
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._around(found, name) if inspect.iscoroutinefunction(found) else found

    def _around(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        async def call(*arguments: Any, **options: Any) -> Any:
            self._faults.point(f"before {self._name}.{name}")
            answer = await method(*arguments, **options)
            self._faults.point(f"after {self._name}.{name}")
            return answer

        return call
