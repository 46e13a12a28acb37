"""Fragments become turns by the stated rule."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from artifact_assets.domain.transcript import Turn
from artifact_assets.formats.assembly import NAMED, UNKNOWN, assembled
from artifact_assets.formats.fragment import Fragment, Notes

Shape = list[tuple[str | None, str]]


def shape(*fragments: Fragment) -> Shape:
    return [(turn.speaker, turn.text) for turn in assembled(fragments, Notes())]


def test_fragments_of_one_speaker_in_a_row_are_one_turn() -> None:
    assert shape(Fragment("One.", "Ann"), Fragment("Two.", "Ann"), Fragment("Three.", "Bob")) == [
        ("Ann", "One. Two."),
        ("Bob", "Three."),
    ]


def test_an_interruption_ends_a_turn() -> None:
    assert shape(Fragment("One", "Ann"), Fragment("Hm", "Bob"), Fragment("two", "Ann")) == [
        ("Ann", "One"),
        ("Bob", "Hm"),
        ("Ann", "two"),
    ]


def test_a_long_pause_ends_a_turn() -> None:
    pause = NAMED.longest_pause
    assert len(shape(Fragment("One", "Ann", 0, 1), Fragment("two", "Ann", 1 + pause, 90))) == 1
    assert len(shape(Fragment("One", "Ann", 0, 1), Fragment("two", "Ann", 1.1 + pause, 90))) == 2


def test_a_monologue_is_cut_behind_sentences() -> None:
    turns = assembled([Fragment("Ten words are said here and then it ends.", "Ann")] * 200, Notes())
    assert all(NAMED.end_at_sentence_after < len(turn.text) < NAMED.end_anywhere_after for turn in turns[:-1])
    assert all(turn.text.endswith("ends.") for turn in turns)


def test_a_fragment_longer_than_any_turn_is_cut_behind_sentences() -> None:
    text = " ".join(["Ten words are said here and then it ends."] * 300)
    turns = assembled([Fragment(text, "Ann", 5.0, 90.0, line=7)], Notes())
    assert len(turns) > 3
    assert " ".join(turn.text for turn in turns) == text
    assert (turns[0].start, turns[-1].end) == (5.0, 90.0)
    assert {place.line for turn in turns for place in turn.source} == {7}


def test_an_unknown_voice_is_not_assumed_to_go_on_after_its_sentence() -> None:
    assert shape(Fragment("It has"), Fragment("to be signed."), Fragment("Says who?")) == [
        (None, "It has to be signed."),
        (None, "Says who?"),
    ]
    assert UNKNOWN.end_at_sentence_after == 0


def test_punctuation_joins_the_word_before_it() -> None:
    assert shape(Fragment("Hello"), Fragment(",", glue=""), Fragment("you"), Fragment(".", glue="")) == [
        (None, "Hello, you.")
    ]


def test_scripts_without_spaces_are_joined_without_spaces() -> None:
    assert shape(Fragment("我们下周", "李"), Fragment("签合同。", "李")) == [("李", "我们下周签合同。")]
    assert shape(Fragment("다음 주에", "김"), Fragment("서명합니다.", "김")) == [("김", "다음 주에 서명합니다.")]


def test_a_fragment_without_a_time_keeps_its_place() -> None:
    notes = Notes()
    turns = assembled([Fragment("b", "B", 5.0), Fragment("c", "C"), Fragment("a", "A", 1.0)], notes)
    assert [turn.text for turn in turns] == ["a", "b", "c"]
    assert [note.code for note in notes.finished()] == ["reordered"]


def test_fragments_that_start_together_keep_the_order_of_the_file() -> None:
    assert [text for _, text in shape(Fragment("a", "A", 1.0), Fragment("b", "B", 1.0), Fragment("c", "A", 1.0))] == [
        "a",
        "b",
        "c",
    ]


def test_the_end_of_a_turn_is_unknown_when_its_last_words_have_none() -> None:
    (turn,) = assembled([Fragment("a", "A", 1.0, 2.0), Fragment("b", "A", 3.0)], Notes())
    assert (turn.start, turn.end) == (1.0, None)


def test_a_turn_from_two_places_of_the_file_names_both() -> None:
    fragments = [Fragment("b", "A", 5.0, 6.0, line=2, end_line=2), Fragment("a", "A", 1.0, 2.0, line=90, end_line=91)]
    (turn,) = assembled(fragments, Notes())
    assert [(place.line, place.end_line) for place in turn.source] == [(90, 91), (2, 2)]


def test_turns_made_without_validation_are_what_validation_makes() -> None:
    (turn,) = assembled([Fragment("Hello", "Ann", 1.0, 2.0, line=3)], Notes())
    validated = Turn.model_validate_json(turn.model_dump_json())
    assert turn == validated
    assert turn.model_fields_set == validated.model_fields_set
    assert turn.model_copy(update={"speaker": "Bo"}).speaker == "Bo"
    with pytest.raises(ValidationError):
        turn.text = "other"
