"""Every way a call can fail, once and for good: class, number of requests, and how the meeting ends.

The table is the one of docs/model.md. ``Ends`` says what a caller sees when the failure stays; ``once`` whether the
meeting is extracted all the same when it happens once and the next answer is good.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.dependency import HealthState
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from tests.extraction.model.desk import PROMISE, QUICK, SEND_QUOTE, Desk, form, item, open_desk
from tests.fakes.http_server import Reply
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error, html, json_reply

QUICKER = QUICK.model_copy(
    update={
        "connect_timeout_seconds": 0.2,
        "read_timeout_seconds": 0.2,
        "call_timeout_seconds": 0.5,
        "attempts": 3,
        "patience_seconds": 1.0,
        "rate": QUICK.rate.model_copy(update={"blind_pause_seconds": 0.01}),
    }
)
GOOD = form(SEND_QUOTE)
AGAIN, DEFERRED, FAILED, QUARANTINED = "again", "deferred", "failed", "quarantined"


@dataclass(frozen=True)
class Case:
    """``requests`` are those sent when the outcome never changes."""

    name: str
    outcome: Outcome
    failure_class: FailureClass
    ends: str
    requests: int
    once: bool
    parked: bool = False


C, F = Case, FailureClass
CASES = (
    C("no answer in time", completion(GOOD, delay=0.3), F.MODEL_TIMEOUT, AGAIN, 3, True),
    C("hangs up", Reply(hang_up=True), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("breaks off", Reply(200, b'{"choices": [', missing=50), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("408", error(408), F.MODEL_TIMEOUT, AGAIN, 3, True),
    C("409", error(409), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("429", error(429, "rate_limit_exceeded"), F.MODEL_RATE_LIMITED, AGAIN, 3, True),
    C("429 short", error(429, headers={"retry-after-ms": "20"}), F.MODEL_RATE_LIMITED, AGAIN, 3, True),
    C("429 long", error(429, headers={"retry-after": "600"}), F.MODEL_RATE_LIMITED, DEFERRED, 1, False),
    C("429 quota", error(429, "insufficient_quota"), F.MODEL_QUOTA, DEFERRED, 1, False, parked=True),
    C("429 quota by type", error(429, None, "insufficient_quota"), F.MODEL_QUOTA, DEFERRED, 1, False, parked=True),
    C("402", error(402), F.MODEL_QUOTA, DEFERRED, 1, False, parked=True),
    C("500", error(500), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("502 page", html(502), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("503", error(503, headers={"retry-after": "0"}), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("529", error(529), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("401", error(401, "invalid_api_key"), F.MODEL_UNAVAILABLE, DEFERRED, 1, False, parked=True),
    C("403", error(403), F.MODEL_UNAVAILABLE, DEFERRED, 1, False, parked=True),
    C("404", error(404, "model_not_found"), F.MODEL_UNAVAILABLE, DEFERRED, 1, False, parked=True),
    C("400", error(400, "unsupported_parameter"), F.INTERNAL_ERROR, FAILED, 1, False),
    C("422", error(422), F.INTERNAL_ERROR, FAILED, 1, False),
    C("400 filter", error(400, "content_filter"), F.MODEL_REFUSED, FAILED, 1, False),
    C("refusal", completion(None, refusal="I can't"), F.MODEL_REFUSED, FAILED, 1, False),
    C("filtered answer", completion("{", finish_reason="content_filter"), F.MODEL_REFUSED, FAILED, 1, False),
    C("no choices", json_reply({"choices": []}), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("empty message", completion(""), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("null message", completion(None), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("a page with 200", html(), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("garbage with 200", Reply(200, b"\xff\xfe{{"), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("empty with 200", Reply(200), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("a list with 200", json_reply([1, 2]), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("an error with 200", json_reply({"error": {"code": 502}}), F.MODEL_UNAVAILABLE, AGAIN, 3, True),
    C("not JSON", completion("Sure! Here are the items."), F.MODEL_OUTPUT_INVALID, QUARANTINED, 2, True),
    C("JSON cut short", completion('{"action_items": ['), F.MODEL_OUTPUT_INVALID, QUARANTINED, 2, True),
    C("missing key", completion({"action_items": []}), F.MODEL_OUTPUT_INVALID, QUARANTINED, 2, True),
    C("wrong type", form({**SEND_QUOTE, "evidence": "turn 1"}), F.MODEL_OUTPUT_INVALID, QUARANTINED, 2, True),
    C("extra key", {**GOOD, "tool_calls": []}, F.MODEL_OUTPUT_INVALID, QUARANTINED, 2, True),
)
SMALLER = (
    C("400 context", error(400, "context_length_exceeded"), F.MODEL_OUTPUT_TRUNCATED, QUARANTINED, 0, True),
    C("400 context llama.cpp", error(400, 400, "exceed_context_size_error"), F.MODEL_OUTPUT_TRUNCATED, "", 0, True),
    C(
        "400 context vLLM",
        error(400, 400, "BadRequestError", param="input_tokens"),
        F.MODEL_OUTPUT_TRUNCATED,
        "",
        0,
        True,
    ),
    C("413", error(413), F.MODEL_OUTPUT_TRUNCATED, QUARANTINED, 0, True),
    C("length", completion('{"action_items": [', finish_reason="length"), F.MODEL_OUTPUT_TRUNCATED, "", 0, True),
    C("length, empty", completion("", finish_reason="length"), F.MODEL_OUTPUT_TRUNCATED, "", 0, True),
)


def named(case: Case) -> str:
    return case.name


def extract(desk: Desk) -> Extraction | PipelineError:
    try:
        return asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
    except PipelineError as failure:
        return failure


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_failure_that_stays_ends_as_the_table_says(case: Case, home: Path) -> None:
    with FakeOpenAI([case.outcome]) as server, open_desk(home, server.base_url, QUICKER) as desk:
        found = extract(desk)
        assert len(server.asked) == case.requests
        health = {h.name: h for h in asyncio.run(desk.dependencies.health())}
    if case.ends == QUARANTINED:
        assert isinstance(found, Extraction)
        assert found.claims == ()
        assert [failure.code for failure in found.failures] == [case.failure_class.value]
        return
    assert isinstance(found, PipelineError)
    assert found.failure_class is case.failure_class
    assert isinstance(found, Deferral) == (case.ends == DEFERRED)
    assert (case.parked) == any(h.state is HealthState.PARKED for h in health.values())


@pytest.mark.parametrize("case", [c for c in CASES if c.once], ids=named)
def test_a_failure_that_passes_costs_nothing_but_time(case: Case, home: Path) -> None:
    with FakeOpenAI([case.outcome, GOOD]) as server, open_desk(home, server.base_url, QUICKER) as desk:
        found = extract(desk)
        assert isinstance(found, Extraction)
        assert len(found.claims) == 1
        assert not found.failures
        assert len(server.asked) == 2


@pytest.mark.parametrize("case", SMALLER, ids=named)
def test_what_is_too_long_is_asked_in_halves(case: Case, home: Path) -> None:
    def script(body: dict[str, Any]) -> Outcome:
        words = body["messages"][1]["content"]
        whole = "0|Ana" in words and "\n1|Ben" in words and "*0|" not in words
        return case.outcome if whole else form(SEND_QUOTE) if "\n1|Ben" in words else form()

    with FakeOpenAI(script) as server, open_desk(home, server.base_url, QUICKER) as desk:
        found = extract(desk)
        assert isinstance(found, Extraction)
        assert len(found.claims) == 1
        assert len(server.asked) == 3


@pytest.mark.parametrize("case", SMALLER, ids=named)
def test_what_stays_too_long_is_quarantined(case: Case, home: Path) -> None:
    with FakeOpenAI([case.outcome]) as server, open_desk(home, server.base_url, QUICKER) as desk:
        found = extract(desk)
        assert isinstance(found, Extraction)
        assert {failure.code for failure in found.failures} == {case.failure_class.value}
        assert len(server.asked) < 40


def test_a_server_that_is_not_there_is_unavailable(home: Path) -> None:
    with FakeOpenAI([GOOD]) as server:
        gone = server.base_url
    with open_desk(home, gone, QUICKER) as desk:
        found = extract(desk)
        assert isinstance(found, PipelineError)
        assert found.failure_class is FailureClass.MODEL_UNAVAILABLE


def test_references_that_are_wrong_are_asked_again_and_then_left_to_the_rules(home: Path) -> None:
    wrong = form(item("Send the revised quote", "I'll send the revised quote by Friday", 77))
    with FakeOpenAI([wrong]) as server, open_desk(home, server.base_url, QUICKER) as desk:
        found = extract(desk)
        assert isinstance(found, Extraction)
        assert found.claims[0].evidence[0].turns == (77,)
        assert len(server.asked) == 2
        complaint = server.asked[1]["messages"][-1]["content"]
        assert "action_items[0]: evidence cites a line" in complaint
