"""A deployment in which every field of a meeting holds a word that stands nowhere else.

What belongs here: planting the words, and finding where they lie. What does not: what is done in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.retention import RetentionPolicy
from artifact_assets.erasure_wiring import places, retaining
from artifact_assets.stages.erasing import Eraser
from artifact_assets.stages.retaining import Passed, Retaining
from resources.artifact_store import open_store
from resources.inbox import FileInbox
from resources.ledger.erasure_book import SqlErasures
from resources.tombstones import FileTombstones
from tests.pipeline.world import LOCAL_EVENTS, World, meta, opened_world

WORDS = ("zebratext", "zebraspeaker", "zebratitle", "zebramail", "zebrafile")
LINES = (
    "Ana: Good morning, thanks for joining.",
    "Zebraspeaker: I'll send the zebratext quote to Carla by Friday.",
    "Carla: We decided to take the zebratext contract for two years.",
    "Ana: The next step is a call with legal about zebratext next Tuesday.",
)
PEOPLE = [
    {"name": "Ana", "email": "ana@ours.example.com"},
    {"name": "Zebraspeaker", "email": "zebramail@theirs.example.org"},
    {"name": "Carla", "email": "carla@theirs.example.org"},
]
POLICY = RetentionPolicy.model_validate(
    {
        "default": {"source": "20 days", "documents": "40 days", "answers": "30 days", "ledger_text": "60 days"},
        "kinds": {"interview": {"source": "1 day", "documents": "2 days", "answers": "1 day", "ledger_text": "3 days"}},
    }
)
PERSON = "Zebramail@theirs.example.org"


@dataclass
class Planted:
    """The world, and what erases in it."""

    world: World
    eraser: Eraser

    @property
    def book(self) -> SqlErasures:
        """The ledger's book of erasures."""
        return SqlErasures(self.world.ledger)

    def plant(self, meeting_id: str = "m-1", *, name: str = "zebrafile") -> str:
        """Drop the meeting's file and sidecar, with a word in every field, and receive it."""
        sidecar = meta(meeting_id, title="About zebratitle", participants=PEOPLE)
        (key,) = self.world.receive(self.world.write(f"{name}.txt", LINES, sidecar))
        return key

    def plant_other(self, meeting_id: str = "other") -> str:
        """A meeting without any of the words."""
        (key,) = self.world.receive(self.world.write(f"{meeting_id}.txt"))
        return key


@contextmanager
def planted(home: Path, *, quotes_in_ui: bool = True, ledger_url: str | None = None) -> Generator[Planted]:
    """A deployment with a Dagster instance of its own on disk."""
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    with (
        dg.DagsterInstance.local_temp(str(home / "dagster"), overrides=LOCAL_EVENTS) as instance,
        opened_world(
            home, ledger_url, instance=instance, configuration=Configuration(quotes_in_ui=quotes_in_ui)
        ) as world,
    ):
        yield Planted(world, eraser_of(world))


def retaining_of(world: World, policy: RetentionPolicy, *, days: int = 0) -> Retaining:
    """What removes by ``policy`` in a world, ``days`` from now."""
    clock = AheadClock(world.equipment.clock, timedelta(days=days))
    return retaining(
        policy, world.ledger, open_store(str(world.home / "store")), str(world.home / "inbox"), clock, world.instance
    )


def removed(deployment: Planted, days: int, policy: RetentionPolicy = POLICY) -> Passed:
    """One confirmed pass, so many days from now."""
    work = retaining_of(deployment.world, policy, days=days)
    asyncio.run(work.book.confirm(policy.id, "ops", work.clock.now()))
    return asyncio.run(work.go("pipeline"))


@dataclass(frozen=True)
class AheadClock:
    """A clock that goes ahead of another one."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        """The other's time, and so much later."""
        return self.clock.now() + self.by

    def monotonic(self) -> float:
        """See ``Clock``."""
        return self.clock.monotonic()

    def random(self) -> float:
        """See ``Clock``."""
        return self.clock.random()

    async def sleep(self, seconds: float) -> None:
        """See ``Clock``."""
        await self.clock.sleep(seconds)


def eraser_of(world: World) -> Eraser:
    """What erases in a world, as the command line builds it."""
    book, store = SqlErasures(world.ledger), open_store(str(world.home / "store"))
    return Eraser(
        book=book,
        store=store,
        sources=FileInbox(str(world.home / "inbox")),
        tombstones=FileTombstones(world.home, store),
        clock=world.equipment.clock,
        is_gone=lambda owner: True,
        copies=places(world.home, world.home / "export", book, world.records, world.instance),
    )


def lies_in(home: Path) -> dict[str, list[str]]:
    """Files below ``home`` that hold one of the words, in any case, in content or name."""
    found: dict[str, list[str]] = {}
    for file in sorted(home.rglob("*")):
        if file.is_file():
            content = file.read_bytes().lower() + str(file.relative_to(home)).lower().encode()
            words = [word for word in WORDS if word.encode() in content]
            if words:
                found[str(file.relative_to(home))] = words
    return found
