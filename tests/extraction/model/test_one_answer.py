"""One meeting, one answer: what is sent, what becomes of it, what it costs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from artifact_assets.domain.artifact import ActionItem
from artifact_assets.domain.model_policy import Prices
from artifact_assets.domain.model_ports import CallOutcome
from tests.extraction.model.desk import PROMISE, QUICK, SEND_QUOTE, form, open_desk
from tests.fakes.openai_server import FakeOpenAI

PRICED = QUICK.model_copy(update={"prices": Prices(input=2.0, cached=1.0, output=10.0)})


def test_claims_tokens_cost_and_provenance_come_out_of_one_call(home: Path) -> None:
    with FakeOpenAI([form(SEND_QUOTE)]) as server, open_desk(home, server.base_url, PRICED) as desk:

        async def run() -> None:
            found = await desk.extractor.extract(PROMISE, "d" * 64, desk.brief)
            assert found.claims[0].content == ActionItem(text="Send the revised quote", owner="Ben Cole")
            assert found.claims[0].evidence[0].turns == (1,)
            trace = found.trace
            assert (trace.calls, trace.attempts, trace.input_tokens, trace.cached_tokens, trace.output_tokens) == (
                1,
                1,
                1000,
                400,
                100,
            )
            assert trace.cost == (600 * 2.0 + 400 * 1.0 + 100 * 10.0) / 1e6
            assert (trace.model, trace.prompt_version) == ("fake-1", "1")
            (call,) = await desk.answers.calls("m-1")
            assert call.outcome is CallOutcome.ANSWERED
            assert (call.cost, call.usage.cached_tokens, call.attempts) == (trace.cost, 400, 1)

        asyncio.run(run())
        assert len(server.asked) == 1


def test_a_stored_answer_is_never_paid_for_again(home: Path) -> None:
    with FakeOpenAI([form(SEND_QUOTE)]) as server:
        found = []
        for _ in range(2):
            with open_desk(home, server.base_url) as desk:
                found.append(asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief)))
        assert found[0] == found[1]
        assert len(server.asked) == 1
