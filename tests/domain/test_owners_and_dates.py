"""Who does it and by when follows from what was said."""

from __future__ import annotations

from datetime import date

import pytest

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
)
from artifact_assets.domain.meeting import Participant
from tests.domain.meeting_of import claim, extraction, meeting, sales_brief
from tests.domain.verdicts import BRIEF, said, value, verdict

# Owners


def test_whoever_says_i_will_owns_it() -> None:
    spoken = "I'll draft the rollout plan for the warehouse."
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Ravi Menon")) == set()
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Ravi")) == set()
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Dana Whitfield")) == {"owner_not_in_evidence"}
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Ben Carter")) == {"owner_unknown"}


def test_whoever_is_asked_owns_it_not_who_asks() -> None:
    spoken = "Mia, can you draft the rollout plan for the warehouse?"
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Mia Sato")) == set()
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Ravi Menon")) == {"owner_not_in_evidence"}


def test_an_owner_who_is_not_there_has_to_be_named_in_the_evidence() -> None:
    spoken = "Then Helmut will draft the rollout plan for the warehouse."
    assert said(spoken, ActionItem(text="Draft the rollout plan", owner="Helmut")) == set()


def test_a_group_is_no_owner() -> None:
    assert "owner_unknown" in said("We should draft the plan.", ActionItem(text="Draft the plan", owner="we"))


def test_a_first_name_two_people_share_is_nobody() -> None:
    transcript = meeting(("Tom Berg", "I'll draft the rollout plan."), ("Tom Lund", "Fine."))
    content = ActionItem(text="Draft the rollout plan", owner="Tom")
    item = judge(extraction(claim(content, "I'll draft the rollout plan.", 0)), transcript, BRIEF, ArtPolicy()).items[0]
    assert [failure.code for failure in item.failures] == ["owner_unknown"]


def test_an_owner_may_be_given_by_role_or_address() -> None:
    people = (Participant(name="Ravi Menon", email="ravi@example.com", role="Account executive"),)
    brief = BRIEF.model_copy(update={"participants": people})
    transcript = meeting(("Ravi Menon", "I'll draft the rollout plan."), ("Mia Sato", "Good."))
    for owner in ("ravi@example.com", "account executive"):
        content = ActionItem(text="Draft the rollout plan", owner=owner)
        made = extraction(claim(content, "I'll draft the rollout plan.", 0))
        assert judge(made, transcript, brief, ArtPolicy()).items[0].failures == ()


def test_an_action_without_an_owner_is_allowed() -> None:
    assert said("We need to draft the rollout plan.", ActionItem(text="Draft the rollout plan")) == set()


# Dates


@pytest.mark.parametrize(
    ("spoken", "due"),
    [
        ("I'll send the report by Friday.", date(2026, 11, 20)),
        ("I'll send the report tomorrow morning.", date(2026, 11, 18)),
        ("I'll send the report in two weeks.", date(2026, 12, 1)),
        ("I'll send the report by December 3rd.", date(2026, 12, 3)),
        ("I'll send the report on Tuesday the 24th.", date(2026, 11, 24)),
        ("I'll send the report by the end of next week.", date(2026, 11, 27)),
        ("I'll send the report by the end of the month.", date(2026, 11, 30)),
        ("I'll send the report by the fifteenth of January.", date(2027, 1, 15)),
    ],
)
def test_a_due_date_that_follows_from_the_words_is_accepted(spoken: str, due: date) -> None:
    assert said(spoken, ActionItem(text="Send the report", owner="Ravi Menon", due=due)) == set()


@pytest.mark.parametrize(
    ("spoken", "due"),
    [
        ("I'll send the report by Friday.", date(2026, 11, 13)),
        ("I'll send the report by Friday.", date(2026, 11, 19)),
        ("I'll send the report by Friday.", date(2025, 11, 21)),
        ("I'll send the report soon.", date(2026, 11, 20)),
        ("I sent it last Friday and I'll send the report again.", date(2026, 11, 13)),
    ],
)
def test_a_due_date_nobody_named_is_held(spoken: str, due: date) -> None:
    assert "date_not_in_evidence" in said(spoken, ActionItem(text="Send the report", owner="Ravi Menon", due=due))


def test_the_words_for_a_due_date_have_to_be_said() -> None:
    content = ActionItem(text="Send the report", owner="Ravi Menon", due=date(2026, 11, 20), due_text="by Friday")
    assert said("I'll send the report by Friday.", content) == set()
    assert "date_not_in_evidence" in said("I'll send the report.", content)


def test_of_two_dates_the_one_meant_is_told_by_its_words() -> None:
    spoken = "I'll send the draft on Thursday and the final report by Friday."
    content = ActionItem(text="Send the final report", owner="Ravi Menon", due=date(2026, 11, 19), due_text="by Friday")
    assert said(spoken, content) == {"date_not_in_evidence"}


def test_without_a_meeting_time_no_relative_date_is_accepted() -> None:
    transcript = meeting(("Ravi Menon", "I'll send the report by Friday.")).model_copy(update={"started_at": None})
    content = ActionItem(text="Send the report", owner="Ravi Menon", due=date(2026, 11, 20))
    made = extraction(claim(content, "I'll send the report by Friday.", 0))
    item = judge(made, transcript, sales_brief(None), ArtPolicy()).items[0]
    assert [failure.code for failure in item.failures] == ["date_unresolvable"]


def test_a_date_value_has_to_be_said_too() -> None:
    spoken = "We want this signed by December 18th."
    assert said(spoken, value("deal.close_date", "2026-12-18")) == set()
    assert said(spoken, value("deal.close_date", "2026-12-19")) == {"date_not_in_evidence"}


def test_a_day_beside_the_quote_backs_a_due_date_only_when_its_words_are_given() -> None:
    transcript = meeting(
        ("Ravi Menon", "I'll send the report, and I write you an email tomorrow."), ("Mia Sato", "Fine.")
    )
    content = ActionItem(text="Send the report", owner="Ravi Menon", due=date(2026, 11, 18))
    assert verdict(transcript, content, "I'll send the report", 0)[1] == {"date_not_in_evidence"}
    told = content.model_copy(update={"due_text": "tomorrow"})
    assert verdict(transcript, told, "I'll send the report", 0)[1] == set()
