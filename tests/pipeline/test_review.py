"""Decisions of people hold through the whole pipeline: replays and re-extractions do not undo them."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from artifact_assets.domain.artifact import ActionItem, Claim, Evidence, Extraction, ExtractorTrace
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.states import MeetingState
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.review import ReviewDesk
from tests.pipeline.world import World, opened_world

QUOTE = "I'll send the revised quote to Carla by Friday."


@dataclass(frozen=True)
class Scripted:
    """An extractor that says what it is told; another version is another extraction."""

    text: str
    owner: str
    version: str = "1"

    @property
    def identity(self) -> Mapping[str, str]:
        """Name and version."""
        return {"extractor": "scripted", "version": self.version}

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """One action item on Ben's promise."""
        claim = Claim(
            content=ActionItem(text=self.text, owner=self.owner), evidence=(Evidence(turns=(1,), quote=QUOTE),)
        )
        trace = ExtractorTrace(extractor="scripted", version=self.version)
        return Extraction(transcript_digest=transcript_digest, trace=trace, claims=(claim,))


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with opened_world(tmp_path) as opened:
        opened.equipment = replace(opened.equipment, extractor=Scripted("Send the revised quote to Carla", "Zacharias"))
        yield opened


def held(world: World) -> list[str]:
    return [entry.item.item_id for entry in asyncio.run(ReviewDesk(world.equipment).waiting())]


def test_an_owner_nobody_knows_is_held_and_an_approval_delivers_just_that_item(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys)
    assert world.meetings()["renewal"].state is MeetingState.PARTIALLY_DELIVERED
    assert world.written() == []
    (item,) = held(world)
    asyncio.run(ReviewDesk(world.equipment).approve([item], "ana", "Zacharias is the new colleague"))
    assert world.run(keys).success
    assert world.meetings()["renewal"].state is MeetingState.DELIVERED
    assert world.written() == [("task", "Send the revised quote to Carla")]
    (intervention,) = asyncio.run(world.ledger.interventions("renewal"))
    assert (intervention.who, intervention.item_id) == ("ana", item)


def test_an_approval_survives_a_re_extraction_in_other_words(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys)
    asyncio.run(ReviewDesk(world.equipment).approve(held(world), "ana", "known to us"))
    world.run(keys)
    other = Scripted("Mail Carla the revised quote", "Zacharias", version="2")
    world.run(keys, equipment=replace(world.equipment, extractor=other))
    assert held(world) == []
    assert len(world.written()) == 1


def test_a_rejected_item_never_returns(world: World) -> None:
    keys = world.receive(world.write("renewal.txt"))
    world.run(keys)
    asyncio.run(ReviewDesk(world.equipment).reject(held(world), "ana", "was a joke"))
    world.run(keys)
    for version in ("2", "3"):
        again = Scripted("Send Carla the revised quote", "Ben", version=version)
        world.run(keys, equipment=replace(world.equipment, extractor=again))
        assert world.written() == []
        assert held(world) == []
