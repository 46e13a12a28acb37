"""The production definitions with an extractor that takes its time and leaves a mark for every call.

What belongs here: what a code server under test loads. What does not: any other change to the product.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from artifact_assets.configuration.settings import Settings
from artifact_assets.definitions import build_definitions, run_finished_in
from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.transcript import Transcript
from artifact_assets.wiring import open_equipment

DELAY_SECONDS = float(os.environ.get("TEST_EXTRACTION_SECONDS", "0"))


@dataclass(frozen=True)
class SlowExtractor:
    """Waits as a model would; appends the transcript's digest to a file when it begins and when it answers."""

    extractor: Extractor
    calls: Path

    @property
    def identity(self) -> Mapping[str, str]:
        """As the real one's."""
        return self.extractor.identity

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The real extraction, later."""
        self._note(f"begin {transcript_digest}\n")
        await asyncio.sleep(DELAY_SECONDS)
        extraction = await self.extractor.extract(transcript, transcript_digest, brief)
        self._note(f"answer {transcript_digest}\n")
        return extraction

    def _note(self, line: str) -> None:
        # One write of a short line to a file opened for appending is atomic, also across processes.
        with self.calls.open("a") as file:
            file.write(line)


@dg.resource
def equipment(context: dg.InitResourceContext) -> Iterator[object]:
    settings = Settings.from_environment(os.environ)
    with open_equipment(settings, run_finished=run_finished_in(context.instance)) as opened:
        yield replace(opened, extractor=SlowExtractor(opened.extractor, settings.home / "calls.log"))


defs = build_definitions({"equipment": equipment})
