"""Sidecar drafts and facts say what a file tells, and nothing it does not."""

from __future__ import annotations

from datetime import UTC, datetime

from artifact_assets.domain.meeting import Participant
from artifact_assets.formats.drafting import draft_sidecar
from artifact_assets.formats.facts import facts_of
from artifact_assets.formats.language import declared, detected
from artifact_assets.formats.reading import read_transcript
from tests.formats.samples_text import LABELLED, MEET_NOTES


def test_a_draft_has_the_title_start_and_people_of_file_and_name() -> None:
    draft = draft_sidecar(LABELLED.encode(), "Acme renewal.txt")
    assert draft.title == "Acme renewal"
    assert draft.started_at == datetime(2026, 11, 17, tzinfo=UTC)
    assert draft.participants == (
        Participant(name="Ann Lee", email="ann@example.com"),
        Participant(name="Bob Ray", role="CTO"),
    )


def test_a_draft_lists_speakers_whom_no_list_names_but_no_numbered_voice() -> None:
    draft = draft_sidecar(b"Ann Lee: Hello.\nSpeaker 1: Hi.\nAnn Lee: Bye.\nSpeaker 1: Bye.\n", "transcript.txt")
    assert (draft.title, draft.started_at, draft.kind) == (None, None, None)
    assert draft.participants == (Participant(name="Ann Lee"),)


def test_a_meet_document_tells_its_date_and_title() -> None:
    draft = draft_sidecar(MEET_NOTES.encode(), "notes.txt")
    assert (draft.title, draft.started_at) == ("Weekly sync", datetime(2026, 11, 17, tzinfo=UTC))


def test_facts_count_and_hold_no_word_of_the_meeting() -> None:
    text = "[00:01] Ann Lee: The budget is approved.\n[00:09] Speaker 1: Good.\n[00:12] Ann Lee: Next.\n"
    facts = facts_of(read_transcript(text.encode()))
    assert (facts.format, facts.turns, facts.words, facts.coverage) == ("dialogue", 3, 6, 1.0)
    assert (facts.speakers_known, facts.speakers_unknown, facts.turns_without_speaker) == (1, 1, 0)
    assert (facts.turns_without_time, facts.duration_seconds) == (0, 12.0)
    assert "Ann" not in repr(facts)
    assert "budget" not in repr(facts)


def test_words_that_could_not_be_placed_lower_the_coverage() -> None:
    text = "One long line of text that nobody is named for, and that goes on for a while.\n\nAnn: Hello.\nAnn: You.\n"
    transcript = read_transcript(text.encode())
    assert transcript.coverage is not None
    assert 0 < transcript.coverage < 0.2
    assert {note.code for note in transcript.warnings} == {"text_before_speech"}


def test_languages_are_detected_and_unclear_ones_are_not() -> None:
    english = "we have to talk about the contract and what it is that you want in the next quarter because it is late"
    spanish = "tenemos que hablar de los contratos y de lo que quieren para el próximo trimestre porque es muy tarde"
    assert detected([english]) == "en"
    assert detected([spanish]) == "es"
    assert detected(["我们下周签合同。"] * 3) == "zh"
    assert detected(["来週契約にサインします。"] * 3) == "ja"
    assert detected(["xyz qwe", "42"]) is None
    assert detected([]) is None


def test_declared_languages_become_codes() -> None:
    assert [declared(name) for name in ("en-US", "en_us", "english", "DE", "", None, "klingon")] == [
        *("en", "en", "en", "de"),
        *(None, None, None),
    ]
