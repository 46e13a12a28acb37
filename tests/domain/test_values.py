"""Numbers, addresses, names and values of fields were said, however they are spelled."""

from __future__ import annotations

import pytest

from artifact_assets.domain.artifact import (
    ActionItem,
    Decision,
    ItemState,
    NextStep,
)
from tests.domain.meeting_of import meeting
from tests.domain.verdicts import said, value, verdict

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
