"""A canary tries another prompt on chosen live meetings, and nothing of it touches them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from artifact_assets.canaries import canary_book, canary_for
from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.canary import CanaryPolicy, CanaryReport
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES
from artifact_assets.stages.canary import Canary
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import asker_for, open_equipment, open_ledger
from evals.standin.clerk import answer
from resources.canary_book import FileCanaryBook
from tests.fakes.openai_server import FakeOpenAI
from tests.pipeline.world import World, opened_world

ALL = CanaryPolicy(share=0.5, prompt="new.txt", seconds=5)


def chosen(policy: CanaryPolicy, wanted: bool) -> str:
    return next(name for name in (f"m{n}" for n in range(100)) if policy.takes(name) is wanted)


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with opened_world(tmp_path) as opened:
        yield opened


def unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    """Nobody listens."""


def walked(world: World, name: str, canary: Canary, *, backfill: str | None = None) -> None:
    world.receive(world.write(f"{name}.txt", sidecar={"meeting_id": name, "kind": "sales"}))
    equipment = replace(world.equipment, canary=canary)
    walk = Walk(equipment, "run", frozenset(STAGES), unheard, backfill)
    (result,) = asyncio.run(walk.over([name]))
    assert result.finished


class Counting:
    """Opens the extractor in use, and counts."""

    def __init__(self, world: World) -> None:
        self.world, self.opened = world, 0

    def __call__(self) -> AbstractContextManager[Extractor]:
        self.opened += 1
        return nullcontext(self.world.equipment.extractor)


def test_the_share_is_kept_and_a_meeting_always_gets_the_same_answer() -> None:
    policy = CanaryPolicy(share=0.05, prompt="p")
    taken = [name for name in (f"meeting-{n}" for n in range(4000)) if policy.takes(name)]
    assert 140 < len(taken) < 260
    assert all(CanaryPolicy(share=0.2, prompt="other").takes(name) for name in taken)


def test_only_chosen_live_meetings_are_tried_and_nothing_is_delivered_of_it(world: World) -> None:
    book, opener = FileCanaryBook(world.home / "canaries"), Counting(world)
    canary = Canary(ALL, opener, book)
    walked(world, chosen(ALL, True), canary)
    before, calls = world.intents(), world.written()
    walked(world, chosen(ALL, False), canary)
    assert opener.opened == 1
    (report,) = book.reports()
    assert report.kept == sum(report.in_use.values()) > 0
    assert report.added == report.gone == 0
    assert {i.meeting_id for i in before} == {report.meeting_id}
    assert len(world.written()) > len(calls)
    walked(world, chosen(ALL, True), canary)
    assert opener.opened == 1, "a stage that was reused is no new extraction"


def test_a_backfill_is_never_tried(world: World) -> None:
    opener = Counting(world)
    walked(world, chosen(ALL, True), Canary(ALL, opener, FileCanaryBook(world.home / "c")), backfill="bf")
    assert opener.opened == 0


@contextmanager
def breaking() -> Generator[Extractor]:
    raise RuntimeError("a secret word")
    yield  # pragma: no cover


class Hanging(Counting):
    """An extractor that never answers."""

    identity: ClassVar[dict[str, str]] = {}

    def __call__(self) -> AbstractContextManager[Any]:
        return nullcontext(self)

    async def extract(self, *_: object) -> None:
        await asyncio.sleep(3600)


class BrokenBook(FileCanaryBook):
    """No room left."""

    async def record(self, report: CanaryReport) -> None:
        raise OSError


def test_whatever_goes_wrong_the_meeting_is_delivered(world: World) -> None:
    book, name = FileCanaryBook(world.home / "canaries"), chosen(ALL, True)
    walked(world, name, Canary(ALL, breaking, book))
    (report,) = book.reports()
    assert report.cause == "The try broke with RuntimeError."
    assert world.meetings()[name].state.value == "delivered"


def test_a_try_that_hangs_or_cannot_be_kept_ends_by_itself(world: World) -> None:
    quick = ALL.model_copy(update={"seconds": 0.2})
    walked(world, chosen(ALL, True), Canary(quick, Hanging(world), FileCanaryBook(world.home / "c")))
    other = next(name for name in (f"n{n}" for n in range(50)) if ALL.takes(name))
    walked(world, other, Canary(ALL, Counting(world), BrokenBook(world.home / "d")))


def test_a_deployment_asks_its_model_under_the_other_prompt(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("model: {canary: {share: 0.5, prompt: new.txt}}\n")
    (tmp_path / "new.txt").write_text("List what came out of the meeting.")
    name = chosen(ALL, True)
    (tmp_path / "talk.txt").write_text("Ana: Hello.\nBen: I'll send the revised quote to Carla by Friday.")
    (tmp_path / "talk.meta.json").write_text(json.dumps({"meeting_id": name}))
    with FakeOpenAI(answer) as server:
        settings = Settings.from_environment(
            {
                "ARTIFACTS_HOME": str(tmp_path / "home"),
                "ARTIFACTS_CONFIG": str(tmp_path / "config.yaml"),
                "ARTIFACTS_LLM_BASE_URL": server.base_url,
                "ARTIFACTS_LLM_MODEL": "clerk",
            }
        )
        with open_equipment(settings) as equipment:
            from artifact_assets.stages.arrival import notice

            async def receive() -> None:
                told = (str(tmp_path / "talk.txt"), "talk.txt", str(tmp_path / "talk.meta.json"))
                arrival = await notice(equipment.sources, equipment.configuration, *told)
                await equipment.ledger.receive(arrival, equipment.clock.now())

            asyncio.run(receive())
            asyncio.run(Walk(equipment, "run", frozenset(STAGES), unheard).over([name]))
        prompts = [body["messages"][0]["content"][:20] for body in server.asked]
        assert prompts == ["You read the transcr", "List what came out o"]
        (report,) = canary_book(settings.home).reports()
        assert report.prompt == "new.txt"
        assert report.prompt_digest
        assert "Carla" not in report.model_dump_json()


def test_a_missing_prompt_file_fails_the_try_and_not_the_deployment(tmp_path: Path) -> None:
    told = Configuration.model_validate({"model": {"canary": {"share": 0.1, "prompt": "gone.txt"}}})
    settings = Settings.from_environment(
        {"ARTIFACTS_HOME": str(tmp_path), "ARTIFACTS_LLM_MODEL": "m", "ARTIFACTS_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
    )
    with open_ledger(settings) as ledger:
        canary = canary_for(settings, told, lambda prompt: asker_for(settings, told, ledger, prompt=prompt))
        assert canary is not None
        with pytest.raises(Exception, match=r"gone\.txt cannot be read"), canary.extractor():
            pass
    assert canary_for(replace(settings, llm_model=None), told, lambda _: None) is None  # pyright: ignore[reportArgumentType]
