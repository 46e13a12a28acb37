"""Dagster asks for rounds of the batch desk only while there is something to do."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import dagster as dg
import pytest

from artifact_assets.assets.batches import BATCHES_JOB
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.failures import Deferral
from artifact_assets.extraction.model.batch_desk import BatchDesk
from sensors.batches import batches_sensor
from tests.extraction.model.desk import PROMISE, errand_brief, form, open_desk
from tests.extraction.model.test_batches import POLICY, all_good
from tests.fakes.openai_batches import FakeBatches
from tests.fakes.openai_server import FakeOpenAI


def tick(desk: BatchDesk | None) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(resources={"batch_desk": desk}) as context:
        told = batches_sensor(BATCHES_JOB)(context)
    assert isinstance(told, dg.SensorResult | dg.SkipReason)
    return told


def test_waiting_requests_bring_rounds_and_the_last_answer_ends_them(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    with (
        FakeOpenAI([form()], batches=FakeBatches(all_good)) as server,
        open_desk(tmp_path, server.base_url, POLICY) as desk,
    ):
        assert isinstance(tick(desk.batch_desk), dg.SkipReason)
        brief = errand_brief("m-1", backfill="b-1")
        with pytest.raises(Deferral):
            asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, brief))
        for _ in range(2):
            asked = tick(desk.batch_desk)
            assert isinstance(asked, dg.SensorResult)
            assert asked.run_requests
            job = build_definitions({"batch_desk": desk.batch_desk}).resolve_job_def(BATCHES_JOB)
            assert job.execute_in_process().success
        assert isinstance(tick(desk.batch_desk), dg.SkipReason)
        assert len(asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, brief)).claims) == 1


def test_where_batches_are_off_nothing_is_asked_for() -> None:
    assert isinstance(tick(None), dg.SkipReason)
