"""What is denied, taken back, irrelevant or said twice becomes no item, or one."""

from __future__ import annotations

import pytest

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Decision,
    ItemState,
    NextStep,
    Tag,
)
from tests.domain.meeting_of import claim, extraction, meeting
from tests.domain.verdicts import BRIEF, said, value, verdict

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
