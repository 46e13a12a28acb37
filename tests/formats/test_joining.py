"""Sidecar and transcript become one: what the sidecar says wins, and only certain names are matched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.formats.joining import join_sidecar, matched_names

ANN = Participant(name="Ann Lee", email="ann.lee@example.com")
BOB = Participant(name="Bob Ray", email="bob@example.com")
ANN_OTHER = Participant(name="Ann Fox", email="fox@example.com")


def transcript(*speakers: str | None, participants: tuple[Participant, ...] = ()) -> Transcript:
    turns = tuple(
        Turn(index=index, speaker=speaker, start=None, end=None, text="Hello.")
        for index, speaker in enumerate(speakers)
    )
    return Transcript(format="dialogue", title="From the file", turns=turns, participants=participants)


@pytest.mark.parametrize(
    "speaker",
    [
        "Ann Lee",
        "ANN LEE",
        "ann lee",
        "Ann  Lee",
        "Lee, Ann",
        "Dr. Ann Lee",
        "Ann Lee (Acme)",
        "Ann Lee | Acme",
        "Ánn Lée",
        "ann.lee@example.com",
        "ann.lee",
        "A. Lee",
        "Ann L.",
        "Ann",
        "Lee",
    ],
)
def test_a_speaker_is_matched_by_the_stated_rule(speaker: str) -> None:
    assert matched_names([speaker], [ANN, BOB])[0] == {speaker: "Ann Lee"}


@pytest.mark.parametrize(
    "speaker",
    [
        "Speaker 1",
        "SPEAKER_00",
        "Anna",
        "An",
        "A",
        "Ann Fox",
        "Ann Loo",
        "Amy Lee",
        "B. Lee",
        "Ann R.",
        "Leeann",
        "Annlee Bobray",
        "?",
    ],
)
def test_everything_else_stays_as_the_file_names_it(speaker: str) -> None:
    assert matched_names([speaker], [ANN, BOB]) == ({}, ())


def test_a_first_name_of_two_participants_is_never_guessed() -> None:
    joined = join_sidecar(transcript("Ann"), Sidecar(participants=(ANN, ANN_OTHER)))
    assert joined.speakers == ("Ann",)
    assert [note.code for note in joined.warnings] == ["speaker_ambiguous"]


def test_a_first_name_goes_to_the_one_participant_nobody_else_fits_better() -> None:
    names, _ = matched_names(["Ann Fox", "Ann"], [ANN, ANN_OTHER])
    assert names == {"Ann Fox": "Ann Fox", "Ann": "Ann Lee"}


def test_two_speakers_do_not_share_a_participant_by_a_weak_step() -> None:
    assert matched_names(["Ann", "Lee"], [ANN])[0] == {}


def test_two_spellings_of_one_name_are_one_person() -> None:
    assert matched_names(["Ann Lee", "Lee, Ann"], [ANN])[0]["Ann Lee"] == "Ann Lee"


def test_a_participant_listed_with_an_initial_fits_the_full_name() -> None:
    listed = Participant(name="Ann L.")
    assert matched_names(["Ann Lee", "Ann Fox"], [listed])[0] == {"Ann Lee": "Ann L."}


def test_a_thousand_speakers_and_participants_are_joined() -> None:
    people = [Participant(name=f"Person{number} Family{number}") for number in range(1500)]
    names, _ = matched_names([f"Family{number}, Person{number}" for number in range(1500)], people)
    assert len(names) == 1500


def test_the_sidecar_wins_and_what_it_leaves_out_stays() -> None:
    started = datetime(2026, 11, 17, 9, tzinfo=UTC)
    told = join_sidecar(transcript("Ann"), Sidecar(title="Renewal", kind="sales", started_at=started))
    assert (told.title, told.kind, told.started_at) == ("Renewal", "sales", started)
    assert join_sidecar(transcript("Ann"), Sidecar()).title == "From the file"


def test_people_of_the_file_follow_those_of_the_sidecar_and_fill_their_gaps() -> None:
    file_people = (Participant(name="Lee, Ann", email="ann.lee@example.com"), BOB)
    sidecar = Sidecar(participants=(Participant(name="Ann Lee", role="buyer"),))
    joined = join_sidecar(transcript("Bob", participants=file_people), sidecar)
    assert joined.participants == (Participant(name="Ann Lee", email="ann.lee@example.com", role="buyer"), BOB)
    assert joined.speakers == ("Bob Ray",)


def test_joining_twice_changes_nothing() -> None:
    sidecar = Sidecar(title="T", participants=(ANN, ANN_OTHER, BOB))
    once = join_sidecar(transcript("Ann", "Bob", "Ray", "Speaker 1", None, "A. Lee", participants=(BOB,)), sidecar)
    assert join_sidecar(once, sidecar) == once
