"""A request is paid for once: after a crash, in a second process, at the same time, and whatever was wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.failures import Deferral, PipelineError
from artifact_assets.domain.model_ports import CallOutcome
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.extractor import ModelExtractor
from tests.extraction.model.desk import PROMISE, QUICK, SEND_QUOTE, Desk, errand_brief, form, open_desk
from tests.fakes.openai_server import FakeOpenAI, completion, error, html

ROOT = Path(__file__).parents[3]
GOOD = form(SEND_QUOTE)


class Crash(BaseException):
    """The process dies: nothing may catch it."""


class Dying:
    """Passes calls on and dies right before, or right after, the ``at``-th of them."""

    def __init__(self, real: Any, count: list[int], at: int, *, after: bool) -> None:
        self._real, self._count, self._at, self._after = real, count, at, after

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if not callable(value) or not inspect.iscoroutinefunction(value):
            return value

        async def passed(*args: Any, **kwargs: Any) -> Any:
            if self._count[0] < 0:
                # A dead process does nothing more, not even clean up.
                raise Crash
            self._count[0] += 1
            dies = self._count[0] == self._at
            if dies and not self._after:
                self._count[0] = -1
                raise Crash
            result = await value(*args, **kwargs)
            if dies:
                self._count[0] = -1
                raise Crash
            return result

        return passed


def everybody(_: str) -> bool:
    return True


def the_dead(owner: str) -> bool:
    return owner.startswith("dead@")


def dying(desk: Desk, at: int, *, after: bool) -> ModelExtractor:
    count = [0]
    ports = ("model", "answers", "store", "dependencies")
    asker = replace(desk.asker, **{name: Dying(getattr(desk.asker, name), count, at, after=after) for name in ports})
    return ModelExtractor(asker, "fake-1", DeterministicExtractor())


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_repeats_at_most_the_one_in_flight(after: bool, home: Path) -> None:
    for at in range(1, 40):
        # Another text for each place of death, so that each starts unpaid.
        turns = (*PROMISE.turns, PROMISE.turns[0].model_copy(update={"index": 2, "text": f"Fine, number {at}."}))
        talk = PROMISE.model_copy(update={"turns": turns})
        with FakeOpenAI([GOOD]) as server:
            with open_desk(home, server.base_url) as desk:
                try:
                    asyncio.run(dying(desk, at, after=after).extract(talk, "d" * 64, desk.brief))
                    finished = True
                except Crash:
                    finished = False
                digests = [c.request_digest for c in asyncio.run(desk.answers.calls("m-1"))]
                committed = len(digests)
            with open_desk(home, server.base_url) as desk:
                asker = replace(desk.asker, is_gone=everybody)
                again = ModelExtractor(asker, "fake-1", DeterministicExtractor())
                found = asyncio.run(again.extract(talk, "d" * 64, desk.brief))
                assert len(found.claims) == 1
                paid = asyncio.run(desk.answers.calls("m-1"))
            repeated = len(server.asked) - 1
            assert repeated <= 1
            # What was in the books was not asked again.
            assert not (repeated and len(paid) == committed)
        if finished:
            assert at > 6
            return
    pytest.fail("never finished")


def test_an_answer_being_fetched_is_waited_for_not_asked_again(home: Path) -> None:
    with FakeOpenAI([GOOD], latency=0.3) as server, open_desk(home, server.base_url) as desk:

        async def many() -> list[int]:
            asked = (desk.extractor.extract(PROMISE, "d" * 64, errand_brief(f"m-{n}")) for n in range(20))
            return [len(found.claims) for found in await asyncio.gather(*asked)]

        assert asyncio.run(many()) == [1] * 20
        assert len(server.asked) == 1


def test_processes_that_ask_the_same_at_once_pay_once(home: Path) -> None:
    with FakeOpenAI([GOOD], latency=1.0) as server:
        command = [sys.executable, "-m", "tests.extraction.model.ask_once", str(home), server.base_url]
        processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        printed = [process.communicate(timeout=60)[0].strip() for process in processes]
        assert printed == ["1", "1"]
        assert len(server.asked) == 1


def test_a_holder_that_died_is_displaced_at_once(home: Path) -> None:
    with FakeOpenAI([GOOD]) as server, open_desk(home, server.base_url) as desk:

        async def run() -> None:
            taken: list[str] = []

            async def note(digest: str, owner: str, *args: Any, **more: Any) -> Any:
                if not taken:
                    taken.append(digest)
                    await desk.answers.claim(digest, "dead@host:1:1", 1000)
                return await desk.answers.claim(digest, owner, *args, **more)

            answers = replace_method(desk.answers, "claim", note)
            asker = replace(desk.asker, answers=answers, is_gone=the_dead)
            found = await ModelExtractor(asker, "fake-1", DeterministicExtractor()).extract(
                PROMISE, "d" * 64, desk.brief
            )
            assert len(found.claims) == 1

        asyncio.run(run())
        assert len(server.asked) == 1


def replace_method(real: Any, name: str, method: Callable[..., Any]) -> Any:
    class Replaced:
        def __getattr__(self, asked: str) -> Any:
            return method if asked == name else getattr(real, asked)

    return Replaced()


def test_a_page_under_status_200_is_never_taken_for_the_answer_later(home: Path) -> None:
    once = QUICK.model_copy(update={"attempts": 1})
    with FakeOpenAI([html(), GOOD]) as server:
        with open_desk(home, server.base_url, once) as desk, pytest.raises(PipelineError):
            asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
        with open_desk(home, server.base_url, once) as desk:
            assert asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief)).claims
            outcomes = [call.outcome for call in asyncio.run(desk.answers.calls("m-1"))]
    assert outcomes == [CallOutcome.DISCARDED, CallOutcome.ANSWERED]


@pytest.mark.parametrize("bad", [completion(None, refusal="no"), completion("no JSON")])
def test_what_will_not_get_better_is_not_paid_for_again(bad: Any, home: Path) -> None:
    with FakeOpenAI([bad]) as server:
        asked = []
        for _ in range(2):
            with open_desk(home, server.base_url) as desk, contextlib.suppress(PipelineError):
                asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
            asked.append(len(server.asked))
    assert asked[0] == asked[1]


def test_deferred_for_its_form_a_meeting_is_asked_anew_later(home: Path) -> None:
    policy = QUICK.model_copy(update={"on_invalid": "defer"})
    with FakeOpenAI([completion("no JSON"), completion("no JSON"), GOOD]) as server:
        with open_desk(home, server.base_url, policy) as desk, pytest.raises(Deferral):
            asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
        with open_desk(home, server.base_url, policy) as desk:
            assert asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief)).claims
        assert len(server.asked) == 3


def test_an_erased_answer_is_asked_for_again(home: Path) -> None:
    with FakeOpenAI([GOOD]) as server:
        for expected in (1, 2):
            with open_desk(home, server.base_url) as desk:
                asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
                for call in asyncio.run(desk.answers.calls("m-1")):
                    Path(desk.asker.store.location(call.response or "")).unlink(missing_ok=True)
            assert len(server.asked) == expected


def test_a_failed_call_is_on_the_books_with_its_class(home: Path) -> None:
    with FakeOpenAI([error(500)]) as server, open_desk(home, server.base_url) as desk:
        with pytest.raises(PipelineError):
            asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
        (call,) = asyncio.run(desk.answers.calls("m-1"))
        assert (call.outcome, call.attempts, call.failure_class) == (CallOutcome.FAILED, 4, "model_unavailable")


def test_the_rules_take_over_only_where_the_policy_says_so_and_are_named(home: Path) -> None:
    policy = QUICK.model_copy(update={"on_invalid": "deterministic"})
    with FakeOpenAI([completion("no JSON")]) as server, open_desk(home, server.base_url, policy) as desk:
        found = asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
        assert found.claims
        assert all(claim.content.kind != "field_update" for claim in found.claims)
        assert found.trace.extractor == "deterministic instead of model"
        assert [note.code for note in found.warnings] == ["extracted_by_rules"]
        assert found.trace.calls == 2
