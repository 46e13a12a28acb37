"""Each rule holds back what it names and lets the true thing pass."""

from __future__ import annotations

from datetime import date

import pytest

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Content,
    Decision,
    FieldUpdate,
    ItemState,
    NextStep,
    Tag,
)
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import Transcript
from tests.domain.meeting_of import STARTED, claim, extraction, meeting, sales_brief

BRIEF = sales_brief(STARTED, "Dana Whitfield", "Ravi Menon", "Mia Sato")


def verdict(transcript: Transcript, content: Content, quote: str, *turns: int) -> tuple[ItemState, set[str]]:
    item = judge(extraction(claim(content, quote, *turns)), transcript, BRIEF, ArtPolicy()).items[0]
    return item.state, {failure.code for failure in item.failures}


def said(text: str, content: Content, speaker: str = "Ravi Menon") -> set[str]:
    """Codes against a claim whose quote is all of the middle turn."""
    transcript = meeting(("Dana Whitfield", "Shall we go on?"), (speaker, text), ("Mia Sato", "Right, go ahead."))
    return verdict(transcript, content, text, 1)[1]


def value(field: str, text: str) -> FieldUpdate:
    name, _, rest = field.partition(".")
    return FieldUpdate(object=name, field=rest, value=text)


# Numbers


@pytest.mark.parametrize(
    ("spoken", "claimed"),
    [
        ("The budget is 25k for the year.", "$25,000"),
        ("The budget is $25,000 for the year.", "25000"),
        ("The budget is twenty-five thousand for the year.", "25000"),
        ("The budget is twenty five grand, that's it.", "25,000"),
        ("The budget is half a million dollars.", "500000"),
        ("The budget is one point five million.", "1.5m"),
        ("The budget is one and a half million euros.", "1500000 EUR"),
        ("The budget is between twenty and 25k.", "20000"),
    ],
)
def test_an_amount_is_the_same_however_it_is_written_or_said(spoken: str, claimed: str) -> None:
    assert said(spoken, value("deal.amount", claimed)) == set()


@pytest.mark.parametrize(
    ("spoken", "claimed"),
    [
        ("The budget is 25k for the year.", "250000"),
        ("The budget is 25k for the year.", "52000"),
        ("The budget is 25,000 euros for the year.", "$25,000"),
        ("The budget is fifteen percent of last year's.", "$15"),
        ("The budget is 45 thousand.", "45"),
    ],
)
def test_a_changed_amount_or_currency_is_held(spoken: str, claimed: str) -> None:
    assert "number_not_in_evidence" in said(spoken, value("deal.amount", claimed))


def test_a_percentage_needs_a_spoken_percentage() -> None:
    assert said("We agreed on fifteen percent off.", Decision(text="Grant 15% off")) == set()
    assert "number_not_in_evidence" in said("We agreed on fifteen seats.", Decision(text="Agreed on 15% of seats"))


def test_a_number_of_the_text_is_looked_for_in_the_evidence_not_in_the_quote() -> None:
    transcript = meeting(("Ravi Menon", "We will order forty new scanners for the warehouse this month."))
    state, codes = verdict(
        transcript,
        Decision(text="Order 60 new scanners"),
        "We will order sixty new scanners for the warehouse this month.",
        0,
    )
    assert state is ItemState.QUARANTINED
    assert {"number_not_in_evidence", "quote_altered"} <= codes


def test_a_quote_put_together_anew_from_a_sentence_is_no_evidence() -> None:
    said_so = "We agreed that the certificate clean-up comes first and the portal later."
    transcript = meeting(("Ravi Menon", said_so), ("Mia Sato", "Fine."))
    mixed = "We that the certificate agreed clean-up comes first and the portal later."
    assert verdict(transcript, Decision(text="Clean up the certificate first"), said_so, 0)[1] == set()
    assert "quote_altered" in verdict(transcript, Decision(text="Clean up the certificate first"), mixed, 0)[1]


def test_one_spoken_number_backs_one_claimed_number() -> None:
    assert "number_not_in_evidence" in said("It is twelve by fifty.", Decision(text="The size is twelve by twelve"))


def test_a_date_backs_no_quantity() -> None:
    assert "number_not_in_evidence" in said("We sign on March 3rd with all seats.", value("deal.seats", "3"))


def test_numbers_count_from_the_quote_and_not_from_the_rest_of_its_sentence() -> None:
    transcript = meeting(("Ravi Menon", "We agreed on two years for 120 users in Lyon."), ("Mia Sato", "Fine."))
    assert verdict(transcript, Decision(text="Agreed on 2 years"), "We agreed on two years", 0)[1] == set()
    codes = verdict(transcript, Decision(text="Agreed on 120 years"), "We agreed on two years", 0)[1]
    assert codes == {"number_not_in_evidence"}


# Addresses and names


def test_a_spoken_address_backs_a_written_one() -> None:
    spoken = "Send the invoice to jane underscore doe at acme dot com please."
    assert said(spoken, NextStep(text="Send the invoice to jane_doe@acme.com")) == set()
    assert "address_not_in_evidence" in said(spoken, NextStep(text="Send the invoice to john_doe@acme.com"))


def test_a_phone_number_is_compared_by_its_digits() -> None:
    spoken = "Call me on 555 0142, that's my number."
    assert "address_not_in_evidence" not in said(spoken, value("contact.phone", "555-0142-00".removesuffix("-00")))
    assert said(spoken, value("contact.phone", "555-0143")) & {"address_not_in_evidence", "value_not_in_evidence"}


def test_a_proper_name_nobody_said_is_held() -> None:
    spoken = "I'll send the questionnaire to Carla on your security team."
    assert said(spoken, ActionItem(text="Send the questionnaire to Carla", owner="Ravi Menon")) == set()
    codes = said(spoken, ActionItem(text="Send the questionnaire to Gustav", owner="Ravi Menon"))
    assert codes == {"name_not_in_evidence"}


def test_a_product_is_found_however_it_is_spelled() -> None:
    assert said("Today we use share point for everything.", value("company.current_tool", "SharePoint")) == set()


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


# Dates; the meeting is on Tuesday, 2026-11-17


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


# Values of fields


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("deal.amount", "a lot"),
        ("deal.amount", "-5000"),
        ("deal.seats", "25 or 30"),
        ("deal.close_date", "December"),
        ("deal.stage", "won"),
        ("company.current_tool", "  "),
    ],
)
def test_a_value_that_is_not_of_its_type_or_not_allowed_is_held(field: str, text: str) -> None:
    spoken = "A lot: 5000 for 25 or 30 seats, won in December."
    assert "value_invalid" in said(spoken, value(field, text))


def test_an_allowed_value_that_was_not_said_is_held() -> None:
    assert said("Let's move this to proposal then.", value("deal.stage", "proposal")) == set()
    assert said("Let's move this to proposal then.", value("deal.stage", "closed_won")) == {"value_not_in_evidence"}


def test_a_number_that_belongs_to_something_else_is_not_the_fields_value() -> None:
    spoken = "The total comes to 213,000 euros over the two years."
    assert said(spoken, value("deal.amount", "213000")) == set()
    assert said(spoken, value("deal.amount", "two")) == {"value_not_in_evidence"}
    spoken = "We take 25 seats for three years at 9000 dollars."
    assert said(spoken, value("deal.seats", "25")) == set()
    assert said(spoken, value("deal.seats", "9000")) == {"value_not_in_evidence"}
    assert said(spoken, value("deal.seats", "3")) == {"value_not_in_evidence"}


def test_a_percentage_is_no_sum_of_money_and_may_be_a_number() -> None:
    spoken = "We get fifteen percent off this year."
    assert said(spoken, value("deal.amount", "15")) == {"value_not_in_evidence"}
    assert said(spoken, value("deal.seats", "15")) == set()


def test_free_text_has_to_be_said_whole() -> None:
    assert said("Today we use Stockwise.", value("company.current_tool", "Stockwise")) == set()
    assert "value_not_in_evidence" in said("Today we use Stockwise.", value("company.current_tool", "Stockwise Pro"))


# Yes and no


def test_evidence_that_denies_the_claim_holds_it() -> None:
    assert said("We will not extend the pilot to Berlin.", Decision(text="Extend the pilot to Berlin")) == {"negated"}
    assert said("We will not extend the pilot to Berlin.", Decision(text="Do not extend the pilot to Berlin")) == set()
    assert said("We will extend the pilot to Berlin.", Decision(text="Do not extend the pilot to Berlin")) == {
        "negated"
    }


@pytest.mark.parametrize(
    "spoken",
    [
        "Don't forget to renew the certificate.",
        "Why don't we renew the certificate.",
        "No, I'll renew the certificate.",
    ],
)
def test_a_no_that_denies_nothing_is_harmless(spoken: str) -> None:
    assert said(spoken, NextStep(text="Renew the certificate")) == set()


# Taken back


def test_what_the_meeting_takes_back_by_name_is_superseded() -> None:
    transcript = meeting(
        ("Ravi Menon", "I'll organize the onboarding workshop in Lyon."),
        ("Dana Whitfield", "Good."),
        ("Mia Sato", "Hm, actually let's not do the onboarding workshop in Lyon."),
    )
    content = ActionItem(text="Organize the onboarding workshop in Lyon", owner="Ravi Menon")
    state, codes = verdict(transcript, content, "I'll organize the onboarding workshop in Lyon.", 0)
    assert (state, codes) == (ItemState.SUPERSEDED, {"retracted"})


def test_scratch_that_holds_the_closest_claim_of_the_same_speaker() -> None:
    transcript = meeting(
        ("Mia Sato", "I'll renew the certificate."),
        ("Ravi Menon", "I'll organize the workshop."),
        ("Ravi Menon", "Oh, scratch that."),
    )
    first = claim(ActionItem(text="Renew the certificate", owner="Mia Sato"), "I'll renew the certificate.", 0)
    second = claim(ActionItem(text="Organize the workshop", owner="Ravi Menon"), "I'll organize the workshop.", 1)
    judged = judge(extraction(first, second), transcript, BRIEF, ArtPolicy())
    assert [item.state for item in judged.items] == [ItemState.ACCEPTED, ItemState.QUARANTINED]


def test_a_refusal_of_something_else_takes_nothing_back() -> None:
    transcript = meeting(
        ("Ravi Menon", "I'll organize the training session for the planners."),
        ("Dana Whitfield", "I'm not going to charge you for a training session."),
    )
    content = ActionItem(text="Organize the training session", owner="Ravi Menon")
    assert verdict(transcript, content, "I'll organize the training session for the planners.", 0)[1] == set()


def test_the_value_named_last_stands() -> None:
    transcript = meeting(("Ravi Menon", "We need 40 seats."), ("Dana Whitfield", "Sorry, 25 seats, forget the forty."))
    judged = judge(
        extraction(
            claim(value("deal.seats", "40"), "We need 40 seats.", 0),
            claim(value("deal.seats", "25"), "Sorry, 25 seats, forget the forty.", 1),
        ),
        transcript,
        BRIEF,
        ArtPolicy(),
    )
    assert [item.state for item in judged.items] != [ItemState.ACCEPTED, ItemState.ACCEPTED]
    assert judged.items[-1].state is ItemState.ACCEPTED


# Relevance


def test_fields_and_tags_nobody_configured_are_held() -> None:
    assert "field_not_configured" in said("The mood is great here.", value("deal.mood", "great"))
    assert "tag_not_in_taxonomy" in said("The pricing is fine with us.", Tag(tag="weather"))
    assert said("The pricing is fine with us.", Tag(tag="pricing")) == set()


def test_a_tag_needs_evidence_about_it() -> None:
    assert said("My dog ate the keyboard again.", Tag(tag="pricing")) == {"text_not_in_evidence"}


@pytest.mark.parametrize(
    ("spoken", "code"),
    [
        ("Imagine we rebuilt the portal in Rust, that would be fun.", "hypothetical"),
        ("We already sent the contract to legal yesterday.", "past_action"),
        ("How was your weekend, any football with the kids?", "small_talk"),
    ],
)
def test_what_is_supposed_past_or_small_talk_is_no_action(spoken: str, code: str) -> None:
    assert code in said(spoken, ActionItem(text=spoken))


def test_a_text_that_says_nothing_is_held() -> None:
    assert "no_substance" in said("Yes, I will do that.", ActionItem(text="Will do that", owner="Ravi Menon"))


def test_a_claim_about_something_else_than_its_evidence_is_held() -> None:
    codes = said(
        "I'll renew the certificate for the portal next spring.", NextStep(text="Order pizza and invite marketing")
    )
    assert codes == {"text_not_in_evidence"}


# Several claims


def test_duplicates_become_one_and_keep_all_evidence() -> None:
    transcript = meeting(
        ("Ravi Menon", "I'll send the security pack."), ("Ravi Menon", "So I'll send the security pack to you.")
    )
    judged = judge(
        extraction(
            claim(ActionItem(text="Send the security pack", owner="Ravi Menon"), "I'll send the security pack.", 0),
            claim(ActionItem(text="Send the security pack", owner="Ravi"), "So I'll send the security pack to you.", 1),
        ),
        transcript,
        BRIEF,
        ArtPolicy(),
    )
    assert [(item.claims, len(item.evidence)) for item in judged.items] == [(2, 2)]


def test_items_that_differ_in_number_name_or_owner_stay_apart() -> None:
    transcript = meeting(
        ("Ravi Menon", "I'll send contract 12 to legal."),
        ("Ravi Menon", "I'll send contract 13 to legal."),
        ("Mia Sato", "I'll send contract 12 to legal."),
    )
    judged = judge(
        extraction(
            *(
                claim(
                    ActionItem(text=f"Send contract {n} to legal", owner=who), f"I'll send contract {n} to legal.", turn
                )
                for n, who, turn in ((12, "Ravi Menon", 0), (13, "Ravi Menon", 1), (12, "Mia Sato", 2))
            )
        ),
        transcript,
        BRIEF,
        ArtPolicy(),
    )
    assert len(judged.items) == 3


def test_what_is_over_the_cap_waits_for_a_person_and_is_not_dropped() -> None:
    words = ("alpha", "bravo", "cedar", "delta", "ember")
    transcript = meeting(*(("Ravi Menon", f"We decided to fund project {word}.") for word in words))
    claims = [
        claim(Decision(text=f"Fund project {word}"), f"We decided to fund project {word}.", n)
        for n, word in enumerate(words)
    ]
    judged = judge(extraction(*claims), transcript, BRIEF, ArtPolicy(max_items=3))
    states = [item.state for item in judged.items]
    assert (states.count(ItemState.ACCEPTED), states.count(ItemState.QUARANTINED)) == (3, 2)
    assert {f.code for item in judged.items for f in item.failures} == {"over_the_cap"}


def test_the_order_of_claims_changes_nothing() -> None:
    transcript = meeting(("Ravi Menon", "I'll send the pack."), ("Mia Sato", "I'll renew the certificate."))
    claims = [
        claim(ActionItem(text="Send the pack", owner="Ravi Menon"), "I'll send the pack.", 0),
        claim(ActionItem(text="Renew the certificate", owner="Mia Sato"), "I'll renew the certificate.", 1),
        claim(Tag(tag="weather"), "nobody said anything like this", 1),
    ]
    forward = judge(extraction(*claims), transcript, BRIEF, ArtPolicy())
    assert judge(extraction(*reversed(claims)), transcript, BRIEF, ArtPolicy()) == forward
