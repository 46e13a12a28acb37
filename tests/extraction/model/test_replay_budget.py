"""What a replay may cost: the cap of a backfill holds for a plan, however many runs it takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.replay import EntryState, PlanEntry
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.replay.choosing import Choice, new_plan
from artifact_assets.stages.replay.preparing import Preparing
from artifact_assets.wiring import open_equipment
from tests.extraction.model.desk import SEND_QUOTE, form
from tests.extraction.model.test_meetings import TALK, configured, settings
from tests.fakes.openai_server import FakeOpenAI

NAMES = ["a", "b", "c", "d"]


def test_a_plan_stops_at_its_cap_and_goes_on_once_it_is_raised(home: Path) -> None:
    def prepared(base_url: str, calls: int, plan: str | None) -> tuple[str, list[PlanEntry]]:
        configuration = configured(budgets={"backfill": {"calls": calls}})

        async def run() -> tuple[str, list[PlanEntry]]:
            with open_equipment(settings(home, base_url), configuration=configuration) as equipment:
                for name in [] if plan else NAMES:
                    path = home / f"{name}.txt"
                    path.write_text(f"{TALK}Ana Ruiz: That was meeting {name}.\n")
                    (home / f"{name}.meta.json").write_text(f'{{"meeting_id": "{name}"}}')
                    sidecar = str(home / f"{name}.meta.json")
                    arrival = await notice(equipment.sources, configuration, str(path), path.name, sidecar)
                    await equipment.ledger.receive(arrival, equipment.clock.now())
                held = plan or (await new_plan(equipment, Choice(), NAMES, "Ann", "a sample")).plan_id
                for name in NAMES:
                    await Preparing(equipment, held, f"run of {name}").over([name])
                return held, list(await equipment.ledger.entries(held))

        return asyncio.run(run())

    with FakeOpenAI([form(SEND_QUOTE)]) as server:
        plan, entries = prepared(server.base_url, 2, None)
        assert [entry.state for entry in entries] == [EntryState.PREPARED] * 2 + [EntryState.SELECTED] * 2
        assert {entry.failure_class for entry in entries[2:]} == {FailureClass.BUDGET_EXCEEDED}
        assert "backfill:replay" in str(entries[2].cause)
        assert [entry.spent.calls for entry in entries] == [1, 1, 0, 0]
        _, entries = prepared(server.base_url, 4, plan)
        assert {entry.state for entry in entries} == {EntryState.PREPARED}
        assert sum(entry.spent.calls for entry in entries) == 4
        assert len(server.asked) == 4
