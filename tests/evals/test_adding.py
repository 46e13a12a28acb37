"""A reviewed meeting becomes a case: verdicts are labels, and with ``--redact`` nobody is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.artifact import ActionItem, Claim, Decision, Evidence, Extraction, ExtractorTrace
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.review import ReviewDesk
from evals.adding import Added, write_case
from evals.commands.add import _added  # pyright: ignore[reportPrivateUsage] - the command without its process
from evals.dataset.reading import read_dataset
from tests.pipeline.world import World, opened_world

TALK = (
    "Ana Moor: Good morning, thanks for joining. Mail me at ana.moor@example.com, ben.",
    "Ben Stone: I'll send the revised quote to Carla by Friday.",
    "Carla Ray: We decided to go with the two year contract.",
)


@dataclass(frozen=True)
class Scripted:
    """Two claims the rules hold, for an owner nobody knows, and one they accept."""

    @property
    def identity(self) -> Mapping[str, str]:
        """A name."""
        return {"extractor": "scripted", "version": "1"}

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The claims."""
        quote = Evidence(turns=(1,), quote="I'll send the revised quote to Carla by Friday.")
        claims = (
            Claim(content=ActionItem(text="Send the revised quote to Carla", owner="Zacharias"), evidence=(quote,)),
            Claim(
                content=ActionItem(text="Joining", owner="Zelda"),
                evidence=(Evidence(turns=(0,), quote="thanks for joining"),),
            ),
            Claim(
                content=Decision(text="Go with the two year contract"),
                evidence=(Evidence(turns=(2,), quote="We decided to go with the two year contract."),),
            ),
        )
        trace = ExtractorTrace(extractor="scripted", version="1")
        return Extraction(transcript_digest=transcript_digest, trace=trace, claims=claims)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    with opened_world(tmp_path_factory.mktemp("world")) as opened:
        opened.equipment = replace(opened.equipment, extractor=Scripted())
        keys = opened.receive(opened.write("renewal.txt", TALK, sidecar={"meeting_id": "renewal", "kind": "sales"}))
        opened.run(keys)
        desk = ReviewDesk(opened.equipment)
        held = {w.item.content.model_dump()["text"]: w.item.item_id for w in asyncio.run(desk.waiting())}
        asyncio.run(desk.edit(held["Send the revised quote to Carla"], {"owner": "Ben Stone"}, "ana", "Ben said it"))
        asyncio.run(desk.reject([held["Joining"]], "ana", "small talk"))
        opened.run(keys)
        yield opened


def added(world: World, *, redact: bool = False, complete: bool = False) -> Added:
    return asyncio.run(_added(world.equipment, "renewal", redact=redact, complete=complete))


def test_verdicts_become_labels_and_disagreements_are_listed(world: World, tmp_path: Path) -> None:
    made = added(world)
    labels = {want.text: want for want in made.case.expected}
    assert labels["Send the revised quote to Carla"].owner == "Ben Stone"
    assert not labels["Send the revised quote to Carla"].optional
    assert labels["Go with the two year contract"].optional
    assert [entry.evidence for entry in made.case.forbidden] == [(0,)]
    assert len(made.disagreements) == 2
    assert "corrected owner: Ben said it" in made.disagreements[1] + made.disagreements[0]
    assert "owner_unknown" in "".join(made.disagreements)
    write_case(tmp_path, made, Configuration())
    write_case(tmp_path, made, Configuration())
    (read,) = read_dataset(tmp_path).meetings
    assert read.case == made.case
    assert read.transcript() == made.transcript
    whole = added(world, complete=True)
    assert not any(want.optional for want in whole.case.expected)


def test_a_redacted_case_names_nobody(world: World, tmp_path: Path) -> None:
    path = write_case(tmp_path, added(world, redact=True), Configuration())
    told = path.read_text() + "".join(file.read_text() for file in (tmp_path / "transcripts").iterdir())
    for name in ("Ana", "Moor", "Ben", "ben.", "Stone", "Carla", "Ray", "example.com"):
        assert name not in told
    (read,) = read_dataset(tmp_path).meetings
    owner = next(want.owner for want in read.case.expected if want.owner)
    assert owner in read.transcript().speakers
    assert [len(turn.text.split()) for turn in read.transcript().turns] == [
        len(t.split(": ", 1)[1].split()) for t in TALK
    ]


def test_a_meeting_without_an_artifact_is_refused(world: World) -> None:
    with pytest.raises(PipelineError, match="no validated artifact"):
        asyncio.run(_added(world.equipment, "unknown", redact=False, complete=False))
