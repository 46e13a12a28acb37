"""Updates of configured fields, tags of the configured taxonomy."""

from __future__ import annotations

import pytest

from artifact_assets.domain.artifact import FieldUpdate, ItemKind, Tag
from artifact_assets.domain.brief import FieldRule, FieldType, TagRule, Vocabulary
from tests.extraction.talks import claims, extracted

VOCABULARY = Vocabulary(
    fields=(
        FieldRule(object="deal", field="amount", type=FieldType.MONEY, phrases=("budget", "total comes to")),
        FieldRule(object="deal", field="seats", type=FieldType.NUMBER, phrases=("seats", "licences")),
        FieldRule(object="deal", field="close_date", type=FieldType.DATE, phrases=("sign by",)),
        FieldRule(
            object="deal", field="stage", type=FieldType.ENUM, values=("discovery", "closed_won"), phrases=("stage is",)
        ),
        FieldRule(object="contact", field="job_title", phrases=("my title is",)),
        FieldRule(object="contact", field="phone", phrases=("reach me on",)),
        FieldRule(object="candidate", field="notice_period", phrases=("weeks' notice",)),
    ),
    tags=(TagRule(name="security", phrases=("security review", "API")), TagRule(name="churn", phrases=("not renew",))),
)


def updates(*lines: str) -> dict[str, str]:
    found = claims(extracted(*lines, vocabulary=VOCABULARY), ItemKind.FIELD_UPDATE)
    return {c.content.field: c.content.value for c in found if isinstance(c.content, FieldUpdate)}


@pytest.mark.parametrize(
    ("sentence", "field", "value"),
    [
        ("We have a budget of 60,000 dollars.", "amount", "60000"),
        ("The total comes to $48k over the year.", "amount", "48000"),
        ("The budget is forty-five thousand euros.", "amount", "45000"),
        ("So 25 seats.", "seats", "25"),
        ("We went up from 20 to 30 seats.", "seats", "30"),
        ("We sign by December 4th.", "close_date", "2026-12-04"),
        ("The stage is closed won now.", "stage", "closed_won"),
        ("My title's VP of operations.", "job_title", "VP of operations"),
        ("You can reach me on 614-555-0142.", "phone", "614-555-0142"),
        ("She's on four weeks' notice at her current place.", "notice_period", "four weeks"),
    ],
)
def test_a_value_beside_its_phrase_is_read(sentence: str, field: str, value: str) -> None:
    assert updates(f"Dana: {sentence}") == {field: value}


def test_a_question_is_answered_by_the_next_speaker() -> None:
    extraction = extracted("Priya: What's your budget?", "Dana: Around 40,000 euros.", vocabulary=VOCABULARY)
    (claim,) = claims(extraction, ItemKind.FIELD_UPDATE)
    assert isinstance(claim.content, FieldUpdate)
    assert claim.content.value == "40000"
    assert [evidence.turns for evidence in claim.evidence] == [(0,), (1,)]


def test_the_later_mention_wins() -> None:
    assert updates("Dana: We need 40 seats.", "Priya: Forty?", "Dana: No, sorry, 25 seats.") == {"seats": "25"}


def test_a_withdrawn_value_falls_back_to_the_one_before() -> None:
    assert updates("Dana: We need 40 seats.", "Priya: Okay.", "Dana: Or 60 seats. Scratch that.") == {"seats": "40"}


@pytest.mark.parametrize(
    "sentence",
    [
        "If we had a budget of 60,000 dollars, we would.",
        "Last year the budget was 60,000 dollars.",
        "The budget is not 60,000 dollars.",
        "A budget of sixty.",
        "The budget is between 40,000 and 50,000 dollars.",
        "Maybe a budget of 60,000 dollars.",
        "Not 40 seats.",
        "We sign by next week.",
        "You can reach me on it.",
        "The budget covers 3 seats or 4 seats.",
    ],
)
def test_hypothetical_former_denied_and_unclear_values_are_left_out(sentence: str) -> None:
    assert "amount" not in updates(f"Dana: {sentence}")
    assert "close_date" not in updates(f"Dana: {sentence}")
    assert updates(f"Dana: {sentence}").get("seats") in (None, "3", "4")


def test_a_tag_needs_its_phrase_as_whole_words() -> None:
    extraction = extracted(
        "Dana: Then there is the security review, and the APIs.",
        "Dana: My first reaction was not to renew.",
        "Dana: He was rapid and capital.",
        vocabulary=VOCABULARY,
    )
    tags = [claim.content.tag for claim in claims(extraction, ItemKind.TAG) if isinstance(claim.content, Tag)]
    assert tags == ["security", "churn"]


def test_without_configuration_there_are_no_tags_and_no_fields() -> None:
    extraction = extracted("Dana: We have a budget of 60,000 dollars and a security review.")
    assert extraction.claims == ()
