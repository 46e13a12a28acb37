"""Batches: submitted once whatever dies, read whatever is in their files, and never waited for too long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.failures import Deferral, PipelineError
from artifact_assets.domain.model_batches import BatchPolicy
from artifact_assets.domain.model_policy import ModelPolicy, Prices
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.model.batch_desk import Round
from tests.clock import ScriptedClock
from tests.extraction.model.desk import PROMISE, QUICK, SEND_QUOTE, Desk, errand_brief, form, open_desk
from tests.fakes.openai_batches import FakeBatches, Line, answered, expired, refused
from tests.fakes.openai_server import FakeOpenAI, completion

POLICY = QUICK.model_copy(
    update={
        "batch": BatchPolicy(use="backfill", deadline_seconds=3600, poll_seconds=60),
        "prices": Prices(input=1.0, output=10.0),
    }
)
GOOD: Mapping[str, Any] = json.loads(completion(form(SEND_QUOTE)).body)


def talk(number: int) -> Transcript:
    extra = PROMISE.turns[0].model_copy(update={"index": 2, "text": f"Number {number}."})
    return PROMISE.model_copy(update={"turns": (*PROMISE.turns, extra)})


def extract(desk: Desk, number: int, *, backfill: str | None = "b-1") -> int | PipelineError:
    brief = errand_brief(f"m-{number}", backfill=backfill)
    try:
        return len(asyncio.run(desk.extractor.extract(talk(number), "d" * 64, brief)).claims)
    except PipelineError as failure:
        return failure


def rounds(desk: Desk, times: int = 1) -> list[Round]:
    return [asyncio.run(desk.batch_desk.work(f"o@h:1:{n}")) for n in range(times)]


def all_good(requests: list[dict[str, Any]]) -> tuple[str, list[Line], list[Line]]:
    return "completed", [answered(request["custom_id"], GOOD) for request in reversed(requests)], []


def test_a_backfill_waits_without_a_worker_and_finds_its_answers_at_half_the_price(
    home: Path, clock: ScriptedClock
) -> None:
    batches = FakeBatches(all_good, after_polls=1)
    with FakeOpenAI([form()], batches=batches) as server, open_desk(home, server.base_url, POLICY, clock) as desk:
        for number in range(3):
            waits = extract(desk, number)
            assert isinstance(waits, Deferral)
            assert waits.next_attempt_at == clock.now() + timedelta(seconds=60)
        assert rounds(desk, 3) == [Round(submitted=3), Round(), Round(answered=3)]
        assert [extract(desk, number) for number in range(3)] == [1, 1, 1]
        assert server.asked == []
        (call,) = asyncio.run(desk.answers.calls("m-0"))
        assert call.cost == 0.5 * (1000 * 1.0 + 100 * 10.0) / 1e6
        assert len(batches.batches) == 1
        (line, *_) = batches.requests_of(batches.batches["batch_1"])
        assert (line["method"], line["url"], line["body"]["response_format"]["json_schema"]["strict"]) == (
            "POST",
            "/v1/chat/completions",
            True,
        )


def test_live_meetings_are_not_put_into_batches(home: Path) -> None:
    with (
        FakeOpenAI([form(SEND_QUOTE)], batches=FakeBatches(all_good)) as server,
        open_desk(home, server.base_url, POLICY) as desk,
    ):
        assert extract(desk, 0, backfill=None) == 1


def test_expired_failed_and_missing_lines_are_sent_by_themselves_and_strange_ones_counted(
    home: Path, clock: ScriptedClock
) -> None:
    def course(requests: list[dict[str, Any]]) -> tuple[str, list[Line], list[Line]]:
        ids = [request["custom_id"] for request in requests]
        good = [answered(ids[0], GOOD), answered(ids[0], GOOD), answered("f" * 64, GOOD)]
        empty = answered(ids[1], {"choices": []})
        return "expired", [*good, empty, {"custom_id": 7}], [expired(ids[2]), refused(ids[3])]

    with (
        FakeOpenAI([form(SEND_QUOTE)], batches=FakeBatches(course)) as server,
        open_desk(home, server.base_url, POLICY, clock) as desk,
    ):
        for number in range(5):
            extract(desk, number)
        assert rounds(desk, 2) == [Round(submitted=5), Round(answered=1, at_once=4, unknown=1, twice=1)]
        assert [extract(desk, number) for number in range(5)] == [1] * 5
        assert len(server.asked) == 4


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_batch_that_comes_to_nothing_holds_nobody_up(status: str, home: Path) -> None:
    batches = FakeBatches(lambda _: (status, [], []))
    with FakeOpenAI([form(SEND_QUOTE)], batches=batches) as server, open_desk(home, server.base_url, POLICY) as desk:
        extract(desk, 0)
        rounds(desk, 2)
        assert extract(desk, 0) == 1


def test_a_batch_that_is_too_slow_is_cancelled_and_what_it_did_is_kept(home: Path, clock: ScriptedClock) -> None:
    def half(requests: list[dict[str, Any]]) -> tuple[str, list[Line], list[Line]]:
        return "cancelled", [answered(requests[0]["custom_id"], GOOD)], []

    with (
        FakeOpenAI([form(SEND_QUOTE)], batches=FakeBatches(half, after_polls=None)) as server,
        open_desk(home, server.base_url, POLICY, clock) as desk,
    ):
        for number in range(2):
            extract(desk, number)
        assert rounds(desk, 2) == [Round(submitted=2), Round()]
        clock.forward(3601)
        assert rounds(desk) == [Round(answered=1, at_once=1)]
        assert [extract(desk, number) for number in range(2)] == [1, 1]
        assert len(server.asked) == 1


def test_nobody_submits_batches_a_request_is_sent_by_itself_at_its_deadline(home: Path, clock: ScriptedClock) -> None:
    with (
        FakeOpenAI([form(SEND_QUOTE)], batches=FakeBatches(all_good)) as server,
        open_desk(home, server.base_url, POLICY, clock) as desk,
    ):
        assert isinstance(extract(desk, 0), Deferral)
        clock.forward(3601)
        assert extract(desk, 0) == 1
        assert rounds(desk) == [Round()]


def test_a_reply_lost_after_the_submission_does_not_submit_twice(home: Path) -> None:
    lost = [True]
    batches = FakeBatches(all_good, lose_reply=lambda: lost.pop() if lost else False)
    with FakeOpenAI([form()], batches=batches) as server:
        with open_desk(home, server.base_url, POLICY) as desk:
            extract(desk, 0)
            with pytest.raises(PipelineError):
                rounds(desk)
        with open_desk(home, server.base_url, POLICY) as desk:
            assert rounds(desk) == [Round(answered=1)]
            assert extract(desk, 0) == 1
    assert len(batches.batches) == 1


def test_a_crash_before_the_submission_submits_later(home: Path) -> None:
    batches = FakeBatches(all_good)
    with FakeOpenAI([form()], batches=batches) as server, open_desk(home, server.base_url, POLICY) as desk:
        extract(desk, 0)
        asyncio.run(desk.batch_desk.book.prepare(desk.batch_desk.provider, 10, 10_000_000, desk.asker.clock.now()))
        assert rounds(desk, 2)[1] == Round(answered=1)
    assert len(batches.batches) == 1


def test_files_are_split_at_the_providers_limits(home: Path) -> None:
    small: ModelPolicy = POLICY.model_copy(update={"batch": POLICY.batch.model_copy(update={"most_requests": 2})})
    batches = FakeBatches(all_good)
    with FakeOpenAI([form()], batches=batches) as server, open_desk(home, server.base_url, small) as desk:
        for number in range(5):
            extract(desk, number)
        rounds(desk)
    assert sorted(len(batches.requests_of(b)) for b in batches.batches.values()) == [1, 2, 2]
    size = len(batches.files["file_1"])
    bytewise = POLICY.model_copy(update={"batch": POLICY.batch.model_copy(update={"most_bytes": size})})
    batches = FakeBatches(all_good)
    with FakeOpenAI([form()], batches=batches) as server, open_desk(home, server.base_url, bytewise) as desk:
        for number in range(10, 15):
            extract(desk, number)
        rounds(desk)
    assert all(len(content) <= size for content in batches.files.values())
    assert sum(len(batches.requests_of(b)) for b in batches.batches.values()) == 5


def test_two_processes_do_not_work_on_the_same_batches(home: Path) -> None:
    batches = FakeBatches(all_good)
    with (
        FakeOpenAI([form()], batches=batches) as server,
        open_desk(home, server.base_url, POLICY) as one,
        open_desk(home, server.base_url, POLICY) as other,
    ):
        extract(one, 0)

        async def both() -> list[Round]:
            return list(await asyncio.gather(one.batch_desk.work("a@h:1:1"), other.batch_desk.work("b@h:1:1")))

        done = asyncio.run(both())
    assert sorted(r.submitted for r in done) == [0, 1]
    assert len(batches.batches) == 1
