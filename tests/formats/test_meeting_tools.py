"""What meeting tools tell beside the speech is taken; what they conclude from it never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.reading import read_transcript
from tests.formats import samples_meeting_tools as tools
from tests.formats import samples_recognizers as recognizers
from tests.formats.samples import all_samples
from tests.formats.samples_containers import VCON

NINE = datetime(2026, 11, 17, 9, tzinfo=UTC)


def read(value: Any) -> Transcript:
    return read_transcript(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("value", "title", "started_at", "people"),
    [
        (tools.FIREFLIES, "Demo", NINE, [("Ann Lee", "ann@example.com"), ("bob@example.com", "bob@example.com")]),
        (
            tools.GONG,
            "Renewal",
            datetime(2026, 11, 17, 10, tzinfo=timezone(timedelta(hours=1))),
            [("Ann Lee", "ann@example.com"), ("Bob Ray", None)],
        ),
        (tools.FATHOM, "Check-in", NINE, [("Ann Lee", "ann@example.com")]),
        (tools.GRANOLA, "Coffee", NINE, [("Ann Lee", "ann@example.com")]),
        (tools.READ_AI, "Review", NINE, [("Ann Lee", "ann@example.com"), ("Bob", None)]),
        (tools.RECALL, None, NINE, [("Ann Lee", None)]),
        (tools.OTTER, "Planning", None, [("Ann Lee", None)]),
        (tools.ZOOM_TIMELINE, None, None, [("Ann Lee", None), ("A", None), ("B", None)]),
        (VCON, "Support call", NINE, [("Ann Lee", "ann@example.com"), ("Bob Ray", "bob@example.com")]),
        (recognizers.DEEPGRAM_WORDS, None, NINE, []),
    ],
)
def test_title_start_and_people_come_from_the_file(
    value: Any, title: str | None, started_at: datetime | None, people: list[tuple[str, str | None]]
) -> None:
    transcript = read(value)
    assert (transcript.title, transcript.started_at) == (title, started_at)
    assert [(person.name, person.email) for person in transcript.participants] == people


def test_roles_of_parties_are_kept() -> None:
    assert [person.role for person in read(tools.GONG).participants] == ["Internal", "External"]
    assert [person.role for person in read(VCON).participants] == ["agent", "customer"]


CONCLUSIONS = (
    "deck",
    "All ready",
    "They had coffee",
    "write it down",
    "They ship it",
    "has a problem",
    "A greeting",
    "sends the file",
)


def test_no_conclusion_of_a_vendor_is_taken_as_speech() -> None:
    for sample in all_samples():
        spoken = " ".join(turn.text for turn in read_transcript(sample.content).turns)
        assert not [words for words in CONCLUSIONS if words in spoken], sample.name


def test_epoch_times_in_milliseconds_count_from_the_first_block() -> None:
    blocks = [
        {"start_time": "1794906000000", "end_time": "1794906001500", "speaker": {"name": "Ann"}, "words": "One."},
        {"start_time": "1794906004000", "end_time": "1794906005000", "speaker": {"name": "Bob"}, "words": "Two."},
    ]
    transcript = read({"speaker_blocks": blocks})
    assert [(turn.start, turn.end) for turn in transcript.turns] == [(0.0, 1.5), (4.0, 5.0)]
    assert transcript.started_at == NINE


def test_gong_speakers_without_parties_are_numbered_with_a_warning() -> None:
    transcript = read({"callTranscripts": tools.GONG["callTranscripts"]})
    assert transcript.speakers == ("Speaker 1", "Speaker 2", "Speaker 3")
    assert [note.code for note in transcript.warnings] == ["no_parties"]


def test_a_screen_and_a_notetaker_are_neither_speakers_nor_participants() -> None:
    value = {
        "title": "Demo",
        "meeting_attendees": [{"displayName": "Fireflies.ai Notetaker Ann"}, {"displayName": "Ann Lee"}],
        "sentences": [
            {"speaker_name": "Fireflies.ai Notetaker Ann", "text": "I am recording.", "start_time": 0, "end_time": 1},
            {"speaker_name": "Ann Lee", "text": "Good.", "start_time": 2, "end_time": 3},
        ],
    }
    transcript = read(value)
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [(None, "I am recording."), ("Ann Lee", "Good.")]
    assert [person.name for person in transcript.participants] == ["Ann Lee"]
    assert [note.code for note in transcript.warnings] == ["pseudo_speaker"]


def test_several_marked_users_are_nobody_with_a_warning() -> None:
    assert "several_speakers" in {note.code for note in read(tools.ZOOM_TIMELINE).warnings}


def test_google_repeats_are_read_once_with_a_warning() -> None:
    assert [note.code for note in read(recognizers.GOOGLE_DIARIZED).warnings] == ["repeated_words"]


def test_a_phrase_that_whisper_invents_is_kept_and_marked() -> None:
    value = {
        "language": "en",
        "segments": [{"start": 0, "end": 1, "text": " Bye."}, {"start": 1, "end": 2, "text": " Thanks for watching!"}],
    }
    transcript = read(value)
    assert transcript.turns[-1].text == "Thanks for watching!"
    assert [note.code for note in transcript.warnings] == ["invented_phrase"]


def test_a_bare_list_in_seconds_is_not_taken_for_milliseconds() -> None:
    value = [
        {"start": 0, "end": 4, "text": "Seven words are said in four seconds."},
        {"start": 4, "end": 5, "text": "Yes."},
    ]
    assert read(value).turns[0].end == 4.0


@pytest.mark.parametrize(
    "body",
    [
        [{"speaker": "Agent", "message": "How can I help?"}],
        {"transcript": [{"speaker": 0, "text": "How can I help?"}]},
        json.dumps([{"speaker": "agent", "message": "How can I help?"}]),
        "Agent: How can I help?",
        {"segments": [{"start": 0, "end": 1, "text": " How can I help?", "speaker": "Agent"}]},
    ],
)
def test_a_vcon_body_may_be_a_list_an_object_json_or_text(body: Any) -> None:
    vcon = {**VCON, "analysis": [{"type": "transcript", "dialog": 0, "body": body}]}
    assert [(turn.speaker, turn.text) for turn in read(vcon).turns] == [("Ann Lee", "How can I help?")]


def test_messages_of_a_vcon_are_read_when_it_has_no_transcript() -> None:
    dialog = [
        {"type": "text", "parties": [1], "body": "My box leaks."},
        {"type": "text", "parties": 0, "body": "Sorry!"},
    ]
    vcon = {**VCON, "analysis": [], "dialog": dialog}
    assert [(turn.speaker, turn.text) for turn in read(vcon).turns] == [
        ("Bob Ray", "My box leaks."),
        ("Ann Lee", "Sorry!"),
    ]
