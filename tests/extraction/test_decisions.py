"""What the meeting settled, and what happens next without one owner."""

from __future__ import annotations

import pytest

from artifact_assets.domain.artifact import Decision, ItemKind, NextStep
from tests.extraction.talks import claims, extracted


def decisions(*lines: str) -> list[str]:
    found = claims(extracted(*lines), ItemKind.DECISION)
    return [claim.content.text for claim in found if isinstance(claim.content, Decision)]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("We agreed the trial covers two depots only.", "The trial covers two depots only"),
        ("So we've decided to hire in Lisbon.", "Hire in Lisbon"),
        ("Okay, decision then, the importer moves to the next release.", "The importer moves to the next release"),
        ("So it's agreed, we have a quarterly review.", "We have a quarterly review"),
        ("We're going with the annual plan.", "Going with the annual plan"),
        ("Let's keep scheduling out of this.", "Keep scheduling out of this"),
        ("Then we drop the take-home test.", "We drop the take-home test"),
        ("Good, we take the van for the cover.", "We take the van for the cover"),
        ("Okay, second option it is, then.", "Second option"),
        ("The Italian place, twenty-two a head, that's settled.", "The Italian place, twenty-two a head"),
    ],
)
def test_a_stated_decision_is_found(sentence: str, text: str) -> None:
    assert decisions(f"Dan: {sentence}") == [text]


def test_a_proposal_counts_when_somebody_agrees() -> None:
    lines = ("Dan: How about we launch in two regions?", "Lena: Agreed, let's do that.")
    assert decisions(*lines) == ["Launch in two regions"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Dan: We haven't decided on the name.",),
        ("Dan: We need to decide on the name.",),
        ("Dan: Have we agreed on the name?",),
        ("Dan: If we agreed on two years, it would be cheaper.",),
        ("Dan: They decided to move to Berlin.",),
        ("Dan: How about we launch in two regions?", "Lena: No, that's too early."),
        ("Dan: Let's go back to the first slide.",),
        ("Dan: And then we take the train home.",),
        ("Dan: I don't know where it is.",),
        ("Dan: Then we drop the test?", "Lena: No, we keep it."),
        ("Dan: Then we drop the test.", "Lena: No, that would be wrong."),
        ("Dan: At my last company we decided to rewrite it. It took two years and then we had nothing.",),
    ],
)
def test_what_is_open_hypothetical_or_elsewhere_is_no_decision(lines: tuple[str, ...]) -> None:
    assert decisions(*lines) == []


def test_a_later_decision_on_the_matter_replaces_the_first() -> None:
    found = decisions(
        "Dan: We've decided to ship the importer in November.",
        "Lena: Hm, the tests are not there.",
        "Dan: Okay, we've decided to ship the importer in December instead.",
    )
    assert found == ["Ship the importer in December instead"]


def test_a_meeting_to_come_is_a_next_step_with_its_day() -> None:
    (claim,) = claims(extracted("Dan: Let's meet again on Tuesday, November 24th at ten."), ItemKind.NEXT_STEP)
    assert isinstance(claim.content, NextStep)
    assert str(claim.content.due) == "2026-11-24"


def test_a_meeting_somebody_refuses_is_none() -> None:
    extraction = extracted("Dan: Let's meet again on Thursday.", "Lena: No, I can't on Thursday.")
    assert claims(extraction, ItemKind.NEXT_STEP) == []


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("Dan: Okay, and we meet again on the 8th of December.", "2026-12-08"),
        ("Dan: Monday, we talk at nine, just you and me.", "2026-11-23"),
    ],
)
def test_a_meeting_that_is_set_is_a_next_step(line: str, due: str) -> None:
    (claim,) = claims(extracted(line), ItemKind.NEXT_STEP)
    assert isinstance(claim.content, NextStep)
    assert str(claim.content.due) == due


@pytest.mark.parametrize(
    "line",
    [
        "Dan: When we meet on Monday, bring the list.",
        "Dan: We usually meet on Monday.",
        "Dan: We talk too much.",
        "Dan: I don't think we're going to renew in April.",
    ],
)
def test_what_is_usual_or_denied_is_no_next_step(line: str) -> None:
    assert claims(extracted(line), ItemKind.NEXT_STEP) == []


def test_work_of_us_by_a_date_is_a_next_step_without_owner() -> None:
    (claim,) = claims(extracted("Dan: We'll send the contract by Friday."), ItemKind.NEXT_STEP)
    assert claim.content.kind == "next_step"


@pytest.mark.parametrize(
    "sentence",
    [
        "Dan: I look forward to hearing what their next steps are with the projects.",
        "Dan: What's the next step?",
        "Dan: Every year we'll meet if the weather is good on Friday.",
    ],
)
def test_talk_about_next_steps_is_none(sentence: str) -> None:
    assert claims(extracted(sentence), ItemKind.NEXT_STEP) == []


def test_an_announced_next_step_is_one() -> None:
    (claim,) = claims(extracted("Dan: So the next step is the panel on Thursday."), ItemKind.NEXT_STEP)
    assert isinstance(claim.content, NextStep)
    assert (claim.content.text, str(claim.content.due)) == ("The panel on Thursday", "2026-11-19")
