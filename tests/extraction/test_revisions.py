"""A meeting changes its mind, and the items follow."""

from __future__ import annotations

import pytest

from tests.extraction.talks import actions


@pytest.mark.parametrize(
    "withdrawal",
    [
        "Dan: Oh, scratch that, I'm away.",
        "Lena: Never mind, we have it already.",
        "Dan: On second thought, I can't do the report.",
        "Lena: No need to send the report.",
        "Lena: Um, please don't.",
    ],
)
def test_a_withdrawn_promise_is_gone(withdrawal: str) -> None:
    assert actions("Dan: I'll send you the report by Friday.", withdrawal) == []


def test_a_promise_taken_back_much_later_by_its_subject_is_gone() -> None:
    small_talk = tuple(f"{'Lena' if n % 2 else 'Ines'}: It rained on day {n} of the trip." for n in range(12))
    assert (
        actions("Dan: I'll send you the audit report by Friday.", *small_talk, "Dan: Forget about the audit report.")
        == []
    )


def test_a_changed_date_replaces_the_first() -> None:
    (item,) = actions("Dan: I'll send you the report by Thursday.", "Dan: Sorry, make it Friday.")
    assert str(item.due) == "2026-11-20"


def test_a_recap_repeats_and_does_not_double() -> None:
    found = actions(
        "Dan: I'll send you the audit report.",
        "Lena: Great. Anything else?",
        "Dan: So, to sum up, I'll send you the audit report by Friday.",
    )
    assert [(item.text, str(item.due)) for item in found] == [("Send you the audit report", "2026-11-20")]


def test_another_person_may_take_over() -> None:
    (item,) = actions(
        "Dan: I'll rewrite the on-call page by Friday.",
        "Dan: Scratch that, I'm away.",
        "Ines: Give it to me. I'll rewrite the on-call page by Monday.",
    )
    assert (item.owner, str(item.due)) == ("Ines", "2026-11-23")


def test_two_people_with_similar_tasks_keep_both() -> None:
    found = actions(
        "Dan: I'll finish the webhook patch by Wednesday.", "Ines: I'll review the webhook patch on Thursday."
    )
    assert [item.owner for item in found] == ["Dan", "Ines"]
