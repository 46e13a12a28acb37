"""Who promised what by when, and what only sounds like a promise."""

from __future__ import annotations

import pytest

from tests.extraction.talks import actions, extracted


def test_a_promise_has_its_speaker_as_owner_and_its_date() -> None:
    (item,) = actions("Priya: Sure, I'll send you the pricing deck by Friday.")
    assert item.owner == "Priya"
    assert item.text == "Send you the pricing deck by Friday"
    assert item.due is not None
    assert item.due.isoformat() == "2026-11-20"
    assert item.due_text == "by Friday"


def test_an_ambiguous_date_stays_text() -> None:
    (item,) = actions("Priya: I'll send you the pricing deck next week.")
    assert (item.due, item.due_text) == (None, "next week")


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm going to rotate the database credentials tomorrow.",
        "I will forward the redlines this evening.",
        "You'll have the signed form from me by Thursday.",
        "I can get you the numbers by Thursday.",
        "I'll have the demo ready on Thursday.",
    ],
)
def test_promises_come_in_many_words(sentence: str) -> None:
    (item,) = actions(f"Dan: {sentence}")
    assert item.owner == "Dan"
    assert item.due is not None


def test_two_promises_in_one_breath_are_two_items() -> None:
    found = actions("Dan: I'll send you the report by Friday, and I'll book the venue on Monday.")
    assert [(item.text, str(item.due)) for item in found] == [
        ("Send you the report by Friday", "2026-11-20"),
        ("Book the venue on Monday", "2026-11-23"),
    ]


def test_a_request_with_a_yes_belongs_to_who_was_asked() -> None:
    (item,) = actions(
        "Lena: Dan, can you fix the rounding bug by Friday?",
        "Dan: Yeah, will do.",
    )
    assert item.owner == "Dan"
    assert item.text == "Fix the rounding bug by Friday"


def test_a_request_without_a_name_belongs_to_who_says_yes() -> None:
    extraction = extracted("Lena: Could you update the runbook by Monday?", "Ines: Sure, no problem.")
    (claim,) = extraction.claims
    assert getattr(claim.content, "owner", None) == "Ines"
    assert [evidence.turns for evidence in claim.evidence] == [(0,), (1,)]


def test_the_date_may_come_with_the_answer() -> None:
    (item,) = actions("Lena: Dan, can you send the contract?", "Dan: Yes, you'll have it by Thursday.")
    assert item.text == "Send the contract"
    assert str(item.due) == "2026-11-19"


def test_an_offer_that_is_accepted_belongs_to_who_offered() -> None:
    (item,) = actions("Ines: Shall I book the room for Thursday?", "Lena: Yes, please.")
    assert item.owner == "Ines"


def test_a_task_may_be_given_by_name() -> None:
    (item,) = actions("Lena: Dan will draft the release notes by Monday.", "Dan: Right.")
    assert item.owner == "Dan"


def test_a_shared_first_name_leads_to_nobody() -> None:
    people = ("Dan Fisher", "Dan Moss")
    assert actions("Lena: Dan will draft the release notes by Monday.", people=people) == []


def test_taking_what_somebody_should_do_makes_it_ones_own() -> None:
    (item,) = actions(
        "Lena: Somebody needs to clean up the flaky tests.",
        "Dan: I'll take that, by Friday.",
    )
    assert item.owner == "Dan"
    assert item.text == "Clean up the flaky tests"
    assert str(item.due) == "2026-11-20"


@pytest.mark.parametrize(
    "lines",
    [
        ("Lena: Someone should clean up the flaky tests by Friday.", "Dan: Someone should, yes."),
        ("Dan: If they sign, I'll send you the invoice on Friday.",),
        ("Dan: I might send the report by Friday.",),
        ("Dan: Maybe I'll send the report on Friday.",),
        ("Dan: I sent the report on Friday.",),
        ("Dan: I already moved the partitions on Saturday.",),
        ("Dan: I won't send the report by Friday.",),
        ("Dan: I'm not going to send the report by Friday.",),
        ("Dan: He said I'll send the report by Friday.",),
        ("Dan: Will I send the report by Friday?",),
        ("Dan: I'd send the report by Friday.",),
        ("Lena: Can you send the report by Friday?", "Dan: No, I can't."),
        ("Lena: Can you send the report by Friday?", "Dan: What report?"),
        ("Lena: Can you export it as a spreadsheet?", "Dan: Yes."),
        ("Lena: Can you see my screen?", "Dan: Yes."),
        ("Dan: I'll share my screen.",),
        ("Dan: I'll be honest, I liked it.",),
        ("Dan: I'll be in Lisbon on Friday.",),
        ("Dan: I'll let you speak first.",),
    ],
)
def test_false_commitments_are_not_delivered(lines: tuple[str, ...]) -> None:
    assert actions(*lines) == []


def test_asking_somebody_whether_is_a_promise_and_no_hypothesis() -> None:
    assert len(actions("Dan: I'll check with Lena if the date works, today.")) == 1


def test_an_undated_promise_to_nobody_is_only_suggested() -> None:
    line = "Dan: I'll organize the shelves."
    assert actions(line) == []
    assert [item.text for item in actions(line, suggested=True)] == ["Organize the shelves"]


def test_an_undated_promise_that_answers_a_wish_is_delivered() -> None:
    assert len(actions("Lena: I'd like the easy one first.", "Dan: I'll put the easy exercise first.")) == 1


def test_an_unknown_speaker_owns_nothing() -> None:
    (item,) = actions("I'll send the deck by Friday.")
    assert item.owner is None


@pytest.mark.parametrize(
    ("line", "delivered"),
    [
        ("Dan: I'll reach out to Robert about the badges.", True),
        ("Dan: I'll ask Robert about the badges.", True),
        ("Dan: I'll ask Lena about the badges.", False),  # she is here: a word in the meeting, not a task
        ("Dan: I'll ask you about the badges.", False),
        ("Dan: I'll follow up with you about the badges.", True),
    ],
)
def test_an_undated_word_with_somebody_counts_when_they_are_not_here(line: str, *, delivered: bool) -> None:
    assert bool(actions(line, "Lena: Okay.")) is delivered


def test_a_promise_to_ask_is_not_given_to_who_is_asked() -> None:
    assert [
        item.owner for item in actions("Dan: I'll hand it to Lena to write the summary by Friday.", "Lena: Hm.")
    ] in ([], ["Dan"])


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("Tom Kerr: Action item for Dan: update the wiki by Monday.", "Dan Fisher"),
        ("Tom Kerr: Action: Dan to update the wiki by Monday.", "Dan Fisher"),
        ("Tom Kerr: Dan to update the wiki by Monday.", "Dan Fisher"),
        ("Tom Kerr: My action is to update the wiki by Monday.", "Tom Kerr"),
        ("Tom Kerr: I'll update the wiki by Monday. Actually no, Dan will do it.", "Dan Fisher"),
    ],
)
def test_a_dictated_or_handed_over_task_has_its_owner(line: str, owner: str) -> None:
    (item,) = actions(line, people=("Dan Fisher", "Tom Kerr"))
    assert (item.owner, item.text, str(item.due)) == (owner, "Update the wiki by Monday", "2026-11-23")


def test_not_minding_is_a_yes() -> None:
    (item,) = actions("Lena: Would you mind sending me the slides?", "Dan: Not at all, I'll do it tonight.")
    assert (item.owner, item.text, item.due_text) == ("Dan", "Sending me the slides", "tonight")


def test_the_name_called_is_no_part_of_the_task() -> None:
    (item,) = actions("Lena: I need you to review the contract by Monday, Dan.", "Dan: Got it.")
    assert item.text == "Review the contract by Monday"


def test_what_somebody_is_said_to_have_said_is_no_task() -> None:
    assert actions("Lena: Dan said he'll update the wiki by Friday.", "Dan: Did I?") == []
