"""A walk in a process of its own over meetings of which one takes the process down.

What belongs here: ways for a process to die. What does not: what the tests expect.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.policies import WalkPolicy
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import open_equipment

STUCK_SECONDS = 1.0
CONFIGURATION = Configuration(walk=WalkPolicy(stuck_seconds=STUCK_SECONDS, concurrency=3, held_wait_seconds=30))
DEADLY = "meeting-2"


def _compute() -> None:
    while True:
        pass


def _backtrack() -> None:
    # Held inside the regular expression engine, which lets no other thread of Python run.
    re.match(r"(a+)+$", "a" * 60 + "b")


WAYS: Mapping[str, Callable[[], object]] = {"loop": _compute, "regex": _backtrack, "abort": os.abort}


@dataclass(frozen=True)
class DeadlyExtractor:
    """The real extractor, until it meets the deadly meeting. Everybody is under way by then."""

    extractor: Extractor
    way: str

    @property
    def identity(self) -> Mapping[str, str]:
        """As the real one's."""
        return self.extractor.identity

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The real extraction, after a moment, or the end of the process."""
        await asyncio.sleep(0.2)
        if brief.errand is not None and brief.errand.meeting_id == DEADLY:
            WAYS[self.way]()
        return await self.extractor.extract(transcript, transcript_digest, brief)


def main(home: Path, way: str, meeting_ids: list[str]) -> None:
    """One walk; ends as the deadly meeting makes it end. Without a ``way`` it is deadly no more."""

    def unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
        del checkpoint, reused

    settings = Settings.from_environment({"ARTIFACTS_HOME": str(home), "ARTIFACTS_NOW": "2026-11-17T12:00:00+00:00"})
    with open_equipment(settings, configuration=CONFIGURATION) as opened:
        equipment = replace(opened, extractor=DeadlyExtractor(opened.extractor, way)) if way else opened
        asyncio.run(Walk(equipment, f"run-{os.getpid()}", frozenset(STAGES), unheard).over(meeting_ids))


def quietly(home: Path, way: str, meeting_ids: list[str]) -> None:
    """The same; what it says on standard error goes to a file in ``home``."""
    with (home / "stderr").open("ab") as file:
        os.dup2(file.fileno(), 2)
    main(home, way, meeting_ids)
