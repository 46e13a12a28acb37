"""The one HTTP client: limits, what was sent and what was not, and which hosts are ever asked.

What belongs here: connections and budgets. What does not: vendors.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.refusals import Refusal
from resources.http.answers import refused
from resources.http.budget import Budget, Limits
from resources.http.client import HttpClient, Timeouts, checked_address
from resources.http.reply import Reply, code_of
from tests.fakes.vendor_server import Answer, FakeVendor, serving

F = FailureClass
NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


class Echo(FakeVendor):
    """Answers GET and POST on /thing."""

    def __init__(self) -> None:
        super().__init__()
        self.route(
            "GET", "/thing", lambda r: Answer(json={"ok": True, "auth": r.headers.get("authorization")}), write=False
        )
        self.route("POST", "/thing", lambda _: Answer(201, {"id": 1}), write=True)


@contextlib.contextmanager
def client(fake: FakeVendor, **told: Any) -> Generator[HttpClient]:
    told.setdefault("limits", Limits(per_second=10_000))
    opened = HttpClient("crm", fake.url, **told)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def echo() -> Generator[Echo]:
    fake = Echo()
    with serving(fake):
        yield fake


async def refusal(http: HttpClient, method: str = "POST") -> Refusal:
    with pytest.raises(Refusal) as refused_with:
        await http.call(method, "/thing", json={}, write=method == "POST")
    return refused_with.value


@pytest.mark.parametrize("kind", ["lost", "lost_before", "half"])
async def test_a_write_without_a_whole_answer_is_uncertain_and_is_not_sent_again(echo: Echo, kind: str) -> None:
    echo.fail(kind, 9)
    with client(echo) as http:
        assert (await refusal(http)).failure_class is F.DELIVERY_UNCERTAIN
    assert echo.calls["write"] == 1


async def test_a_read_without_an_answer_is_only_unavailable(echo: Echo) -> None:
    echo.fail("lost", 1, writes_only=False)
    with client(echo) as http:
        assert (await refusal(http, "GET")).failure_class is F.DESTINATION_UNAVAILABLE


async def test_a_host_that_refuses_connections_was_sent_nothing() -> None:
    fake = Echo()
    with serving(fake):
        pass
    with client(fake) as http:
        assert (await refusal(http)).failure_class is F.DESTINATION_UNAVAILABLE


async def test_an_answer_that_never_ends_is_given_up(echo: Echo) -> None:
    echo.fail("drip", 1)
    with client(echo, timeouts=Timeouts(total=0.4)) as http:
        assert (await refusal(http)).failure_class is F.DELIVERY_UNCERTAIN


async def test_an_answer_that_is_too_long_is_not_read(echo: Echo) -> None:
    echo.fail("after", 1, Answer(200, raw=b"x" * 5000))
    with client(echo, timeouts=Timeouts(max_bytes=1000)) as http:
        assert (await refusal(http)).failure_class is F.DELIVERY_UNCERTAIN


async def test_a_redirect_is_not_followed(echo: Echo) -> None:
    echo.fail("answer", 1, Answer(302, headers={"location": "https://elsewhere.example/thing"}))
    with client(echo) as http:
        assert (await http.call("POST", "/thing", json={}, write=True)).status == 302
    assert echo.calls["write"] == 1


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "thing"])
async def test_no_other_host_is_ever_asked(echo: Echo, path: str) -> None:
    with client(echo) as http, pytest.raises(PipelineError):
        await http.call("GET", path)
    assert echo.calls == {"read": 0, "write": 0}


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example",
        "https://user:canary@crm.example",
        "ftp://crm.example",
        "https://",
        "http://127.0.0.1.example",
    ],
)
def test_an_address_that_is_not_https_is_refused_without_being_told(url: str) -> None:
    with pytest.raises(PipelineError) as refused_with:
        checked_address("crm", url)
    assert "canary" not in str(refused_with.value)


@pytest.mark.parametrize("url", ["https://crm.example/", "http://127.0.0.1:8069", "http://[::1]:1", "http://localhost"])
def test_https_and_this_machine_are_fine(url: str) -> None:
    assert checked_address("crm", url) == url.rstrip("/")


async def test_refused_credentials_are_renewed_once(echo: Echo) -> None:
    asked: list[bool] = []

    async def credentials(_: HttpClient, fresh: bool) -> Mapping[str, str]:
        asked.append(fresh)
        return {"authorization": f"token {len(asked)}"}

    with client(echo, credentials=credentials) as http:
        assert (await http.call("GET", "/thing")).json["auth"] == "token 1"
        echo.fail("answer", 1, Answer(401), writes_only=False)
        assert (await http.call("GET", "/thing")).json["auth"] == "token 2"
        echo.fail("answer", 9, Answer(401), writes_only=False)
        assert (await http.call("GET", "/thing")).status == 401
    assert asked == [False, True, True]


async def test_connections_survive_the_event_loop_of_their_caller(echo: Echo) -> None:
    with client(echo) as http:
        for _ in range(2):
            reply = await asyncio.to_thread(lambda: asyncio.run(http.call("GET", "/thing")))
            assert reply.status == 200


def reply(status: int, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"{}", "d")


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (400, F.DESTINATION_REJECTED),
        (401, F.DESTINATION_UNAUTHORIZED),
        (404, F.RECORD_NOT_FOUND),
        (408, F.DELIVERY_UNCERTAIN),
        (409, F.DESTINATION_REJECTED),
        (412, F.DESTINATION_CONFLICT),
        (422, F.DESTINATION_REJECTED),
        (423, F.DESTINATION_RATE_LIMITED),
        (429, F.DESTINATION_RATE_LIMITED),
        (477, F.DESTINATION_UNAVAILABLE),
        (300, F.DESTINATION_REJECTED),
        (500, F.DELIVERY_UNCERTAIN),
        (502, F.DELIVERY_UNCERTAIN),
        (521, F.DELIVERY_UNCERTAIN),
        (200, F.DELIVERY_UNCERTAIN),
    ],
)
def test_a_status_means_what_the_vendors_agree_on(status: int, wanted: FailureClass) -> None:
    assert refused(reply(status), "crm", "it", write=True, now=NOON).failure_class is wanted


def test_a_busy_server_that_says_when_to_come_back_has_written_nothing() -> None:
    busy = refused(reply(503, retry_after="7"), "crm", "it", write=True, now=NOON)
    assert (busy.failure_class, busy.retry_after) == (F.DESTINATION_UNAVAILABLE, 7)


@pytest.mark.parametrize(
    ("told", "wanted"), [("30", 30), ("Tue, 17 Nov 2026 12:01:00 GMT", 60), ("soon", None), ("-5", 0)]
)
def test_both_forms_of_retry_after_are_read(told: str, wanted: float | None) -> None:
    assert reply(429, retry_after=told).retry_after(NOON) == wanted


def test_only_codes_are_told_and_never_sentences() -> None:
    assert code_of("The title Send the contract is too long", "TOO_LONG") == "TOO_LONG"
    assert code_of(None, 7, "a sentence of words") is None


class Hands:
    """A clock for budgets."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.day = NOON

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def budget(self, **limits: Any) -> Budget:
        return Budget("crm", Limits(**limits), lambda: self.day, lambda: self.seconds, self.sleep)


async def test_requests_keep_their_distance() -> None:
    hands = Hands()
    budget = hands.budget(per_second=4)
    for _ in range(9):
        async with budget.spent(write=False):
            pass
    assert hands.seconds == 2


async def spend(budget: Budget, *, write: bool) -> Refusal | None:
    try:
        async with budget.spent(write=write):
            return None
    except Refusal as error:
        return error


async def test_the_rest_of_the_day_is_left_to_others_and_the_last_of_ours_to_look_ups() -> None:
    hands = Hands()
    budget = hands.budget(share=0.5, lookup_reserve=0.2, per_second=1000)
    budget.told(remaining=610, limit=1000)
    assert await spend(budget, write=True) is None
    budget.told(remaining=590, limit=1000)
    error = await spend(budget, write=True)
    assert error is not None
    assert (error.failure_class, error.retry_after) == (F.DESTINATION_QUOTA, 12 * 3600)
    assert await spend(budget, write=False) is None
    budget.told(remaining=500, limit=1000)
    assert await spend(budget, write=False) is not None
    hands.day += timedelta(days=1)
    assert await spend(budget, write=True) is None


async def test_without_a_word_of_the_vendor_requests_are_counted_here() -> None:
    budget = Hands().budget(daily_requests=10, share=1, lookup_reserve=0.2, per_second=1000)
    spent = [await spend(budget, write=True) for _ in range(10)]
    assert [error is None for error in spent] == [True] * 8 + [False] * 2
