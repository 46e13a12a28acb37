"""What a model's answer makes of a meeting, through all five stages, as configured by the environment."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.brief import FieldRule
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint, Meeting
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import extractor_for, open_equipment
from tests.conftest import TENANT
from tests.extraction.model.desk import QUICK, SEND_QUOTE, form
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error

TALK = "Ana Ruiz: Can you send the revised quote by Friday?\nBen Cole: Yes, I'll send the revised quote by Friday.\n"
GOOD = form(SEND_QUOTE)


def settings(home: Path, base_url: str | None = None, **more: str) -> Settings:
    environment = {"ARTIFACTS_HOME": str(home), "ARTIFACTS_TENANT": TENANT, "ARTIFACTS_LLM_MODEL": "fake-1", **more}
    return Settings.from_environment(environment | ({"ARTIFACTS_LLM_BASE_URL": base_url} if base_url else {}))


def configured(**model: Any) -> Configuration:
    return Configuration.model_validate({"model": {**QUICK.model_dump(mode="json"), "attempts": 1, **model}})


def processed(home: Path, base_url: str, configuration: Configuration) -> tuple[Meeting, Mapping[str, Any]]:
    """The meeting after a walk, and what the extracted stage told Dagster."""
    told: dict[Stage, Mapping[str, Any]] = {}

    def report(checkpoint: Checkpoint, *, reused: bool) -> None:
        del reused
        told[checkpoint.stage] = checkpoint.metadata

    async def run() -> Meeting:
        with open_equipment(settings(home, base_url), configuration=configuration) as equipment:
            path = home / "talk.txt"
            path.write_text(TALK)
            arrival = await notice(equipment.sources, configuration, str(path), path.name, None)
            await equipment.ledger.receive(arrival, equipment.clock.now())
            await Walk(equipment, "run-1", frozenset(STAGES), report).over([arrival.meeting_id])
            meeting = await equipment.ledger.meeting(arrival.meeting_id)
            assert meeting is not None
            return meeting

    return asyncio.run(run()), told.get(Stage.EXTRACTED, {})


def test_a_good_answer_is_delivered_with_its_cost_in_the_metadata(home: Path) -> None:
    with FakeOpenAI([GOOD]) as server:
        meeting, told = processed(home, server.base_url, configured(prices={"input": 2, "output": 10}))
    assert meeting.state is MeetingState.DELIVERED
    assert (told["model"], told["model_calls"], told["attempts"]) == ("fake-1", 1, 1)
    assert (told["input_tokens"], told["cached_tokens"], told["output_tokens"]) == (1000, 400, 100)
    assert told["cost_usd"] == 0.003


@pytest.mark.parametrize(
    ("outcome", "policy", "state", "failure_class"),
    [
        (completion("no JSON"), {}, MeetingState.QUARANTINED, None),
        (completion("no JSON"), {"on_invalid": "defer"}, MeetingState.DEFERRED, FailureClass.MODEL_OUTPUT_INVALID),
        (completion("no JSON"), {"on_invalid": "deterministic"}, MeetingState.DELIVERED, None),
        (completion(None, refusal="no"), {}, MeetingState.FAILED, FailureClass.MODEL_REFUSED),
        (error(503), {}, MeetingState.DEFERRED, FailureClass.MODEL_UNAVAILABLE),
        (error(429, "insufficient_quota"), {}, MeetingState.DEFERRED, FailureClass.MODEL_QUOTA),
        (error(401), {}, MeetingState.DEFERRED, FailureClass.MODEL_UNAVAILABLE),
        (GOOD, {"budgets": {"meeting": {"calls": 0}}}, MeetingState.FAILED, FailureClass.BUDGET_EXCEEDED),
        (GOOD, {"budgets": {"day": {"calls": 0}}}, MeetingState.DEFERRED, FailureClass.BUDGET_EXCEEDED),
        (form(), {}, MeetingState.DELIVERED, None),
    ],
)
def test_a_failure_ends_in_the_state_the_policy_names(
    outcome: Outcome, policy: dict[str, Any], state: MeetingState, failure_class: FailureClass | None, home: Path
) -> None:
    with FakeOpenAI([outcome]) as server:
        meeting, told = processed(home, server.base_url, configured(**policy))
    assert (meeting.state, meeting.failure_class) == (state, failure_class)
    assert (state is MeetingState.DEFERRED) == (meeting.next_attempt_at is not None)
    if policy.get("on_invalid") == "deterministic":
        assert told["extractor"] == "deterministic instead of model"
        assert told["warning_codes"] == "extracted_by_rules"


def test_what_is_not_configured_is_not_written_even_if_a_model_names_it(home: Path) -> None:
    update = {"field": "deal.amount", "value": "5", "evidence": [{"turns": [1], "quote": "send the revised quote"}]}
    fields = (FieldRule(object="deal", field="stage", type="enum", values=("won",)),)  # type: ignore[arg-type]
    with FakeOpenAI([form(SEND_QUOTE, field_updates=[update])]) as server:
        configuration = configured().model_copy(update={"fields": fields})
        meeting, _ = processed(home, server.base_url, configuration)
    assert meeting.state is MeetingState.PARTIALLY_DELIVERED
    assert meeting.counts.quarantined == 1


def test_a_configured_model_is_never_replaced_silently(home: Path) -> None:
    with extractor_for(settings(home, "http://127.0.0.1:9/v1"), configured()) as extractor:
        assert isinstance(extractor, ModelExtractor)
    with pytest.raises(PipelineError) as missing, extractor_for(settings(home), configured()):
        pass
    assert "OPENAI_API_KEY" in missing.value.remedy
    with pytest.raises(PipelineError), extractor_for(settings(home, "ftp://x"), configured()):
        pass


def test_the_key_is_sent_and_shown_nowhere(home: Path) -> None:
    with FakeOpenAI([GOOD]) as server:
        where = settings(home, server.base_url, OPENAI_API_KEY="sk-secret")
        with extractor_for(where, configured()) as extractor:
            assert "sk-secret" not in repr(extractor.identity) + repr(where)
            from tests.extraction.model.desk import PROMISE, errand_brief

            asyncio.run(extractor.extract(PROMISE, "d" * 64, errand_brief("m-1")))
        assert server.headers[0]["authorization"] == "Bearer sk-secret"


def test_another_prompt_model_or_policy_is_another_extraction(home: Path) -> None:
    def identity(configuration: Configuration, base_url: str = "http://127.0.0.1:9/v1") -> Mapping[str, str]:
        with extractor_for(settings(home, base_url), configuration) as extractor:
            return extractor.identity

    plain = identity(configured())
    assert plain == identity(configured(attempts=5, deadline_seconds=500, rate={"requests_per_minute": 5}))
    for change in ({"chunk_tokens": 5000}, {"seed": 8}, {"redact": True}, {"on_invalid": "defer"}, {"samples": 3}):
        assert identity(configured(**change)) != plain
    assert identity(configured(), "http://127.0.0.1:10/v1") != plain


def ignore(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


def test_a_backfill_is_told_apart_from_live_meetings(home: Path) -> None:
    batched = configured(batch={"use": "backfill"})

    async def run(backfill: str | None) -> MeetingState:
        with open_equipment(settings(home, base_url), configuration=batched) as equipment:
            path = home / f"{backfill}.txt"
            path.write_text(f"{TALK}Ana Ruiz: This was {backfill}.\n")
            arrival = await notice(equipment.sources, batched, str(path), path.name, None)
            await equipment.ledger.receive(arrival, equipment.clock.now())
            walk = Walk(equipment, "run-1", frozenset(STAGES), ignore, backfill)
            (result,) = await walk.over([arrival.meeting_id])
            assert result.state is not None
            return result.state

    with FakeOpenAI([GOOD]) as server:
        base_url = server.base_url
        assert asyncio.run(run(None)) is MeetingState.DELIVERED
        assert asyncio.run(run("b-1")) is MeetingState.DEFERRED
        assert len(server.asked) == 1
