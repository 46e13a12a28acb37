"""How requests are put together before they are committed.

What belongs here: the order inside a group. What does not: the database (see ``tests.contracts.test_ledger_writer``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from resources.database.transaction import Transaction
from resources.database.writer import GROUPS_BETWEEN_TRIES, WORTH_WAITING, Gathering, Job, batches


def begin(_: Transaction, requests: Sequence[Any]) -> Sequence[Any]:
    return requests


def commit(_: Transaction, requests: Sequence[Any]) -> Sequence[Any]:
    return requests


def job(operation: Any, request: int, *keys: str) -> Job:
    return Job(operation, request, keys, None)


def test_requests_of_one_kind_about_different_keys_go_together() -> None:
    jobs = [job(begin, 1, "a"), job(commit, 2, "b"), job(begin, 3, "c"), job(commit, 4, "d")]
    assert [[j.request for j in batch.jobs] for batch in batches(jobs)] == [[1, 3], [2, 4]]


def test_a_second_request_about_a_key_waits_for_the_first() -> None:
    jobs = [job(commit, 1, "a"), job(commit, 2, "a"), job(begin, 3, "a"), job(commit, 4, "b")]
    assert [[j.request for j in batch.jobs] for batch in batches(jobs)] == [[1, 4], [2], [3]]


@given(
    some.lists(
        some.tuples(some.sampled_from([begin, commit]), some.lists(some.sampled_from("abc"), max_size=2, unique=True))
    )
)
def test_whatever_is_asked_each_key_keeps_its_order_and_nothing_is_lost(asked: list[tuple[Any, list[str]]]) -> None:
    jobs = [job(operation, number, *keys) for number, (operation, keys) in enumerate(asked)]
    done = [j for batch in batches(jobs) for j in batch.jobs]
    assert sorted(j.request for j in done) == list(range(len(jobs)))
    for key in "abc":
        about = [j.request for j in done if key in j.keys]
        assert about == sorted(about)
    for batch in batches(jobs):
        keys = [key for j in batch.jobs for key in j.keys]
        assert len(keys) == len(set(keys))


def learned(sizes: Sequence[int]) -> list[bool]:
    """Whether each group was waited for, for groups of these sizes."""
    gathering, waited = Gathering(), list[bool]()
    for size in sizes:
        waited.append(gathering.pays)
        gathering.learn(size)
    return waited


def test_one_caller_that_asks_for_one_thing_after_the_other_never_waits() -> None:
    assert not any(learned([1] * 1000))


def test_many_callers_are_waited_for_as_long_as_they_come_in_numbers() -> None:
    tries = GROUPS_BETWEEN_TRIES + 1
    assert learned([2] * tries + [WORTH_WAITING] * 3 + [1, 1]) == [False] * tries + [True] * 4 + [False]


def test_a_few_callers_are_waited_for_seldom() -> None:
    assert sum(learned([2] * 600)) == 600 // (GROUPS_BETWEEN_TRIES + 2)
