"""Our documented JSON, written by hand and by `normalize`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.reading import read_transcript


def read(**document: Any) -> Any:
    return read_transcript(json.dumps(document).encode(), file_name="2026-11-17 Named.json")


def test_the_short_form_needs_nothing_but_text() -> None:
    transcript = read(turns=[{"text": "Hello."}])
    assert (transcript.format, transcript.title, transcript.turns[0].speaker) == ("json", "Named", None)


def test_turns_are_taken_as_they_are_and_never_merged() -> None:
    transcript = read(turns=[{"speaker": "Ann", "text": "One"}, {"speaker": "Ann", "text": "two"}])
    assert [turn.text for turn in transcript.turns] == ["One", "two"]


def test_what_normalize_prints_keeps_its_format_and_takes_nothing_from_the_file_name() -> None:
    transcript = read(
        meeting_id="m-1", format="webvtt", title=None, started_at=None, participants=[], turns=[{"text": "A"}]
    )
    assert (transcript.format, transcript.title, transcript.started_at) == ("webvtt", None, None)


def test_turns_out_of_order_are_sorted_and_numbered_again() -> None:
    transcript = read(turns=[{"text": "b", "start": 5}, {"text": "c"}, {"text": "a", "start": 1}])
    assert [(turn.index, turn.text) for turn in transcript.turns] == [(0, "a"), (1, "b"), (2, "c")]
    assert "reordered" in {note.code for note in transcript.warnings}


def test_a_turn_without_text_is_refused_by_number() -> None:
    with pytest.raises(PipelineError) as caught:
        read(turns=[{"text": "Hello."}, {"text": "  "}])
    assert caught.value.failure_class is FailureClass.UNREADABLE_INPUT
    assert "Turn 1" in caught.value.cause


def test_unknown_keys_are_ignored_with_a_warning() -> None:
    transcript = read_transcript(json.dumps({"turns": [{"text": "A"}], "mood": 1}).encode(), format_name="json")
    assert [(note.code, note.place) for note in transcript.warnings] == [("unknown_key", "/mood")]


def test_a_start_may_be_a_local_time() -> None:
    assert read(turns=[{"text": "A"}], started_at="2026-11-17T10:00").started_at.tzinfo is None
