"""SRT and SBV as tools write them."""

from __future__ import annotations

from artifact_assets.formats.reading import read_transcript

Turn = tuple[str | None, float | None, float | None, str]


def turns(text: str) -> list[Turn]:
    return [(turn.speaker, turn.start, turn.end, turn.text) for turn in read_transcript(text.encode()).turns]


def test_markup_and_positions_are_not_speech() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<i>Hello</i> <font color=red>there</font>\n"
    assert turns(text) == [(None, 1.0, 2.0, "Hello there")]


def test_cues_without_blank_lines_between_them_are_told_by_their_numbers() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:03,000 --> 00:00:04,000\nTwo.\n"
    assert turns(text) == [(None, 1.0, 2.0, "One."), (None, 3.0, 4.0, "Two.")]


def test_a_number_that_is_said_stays() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nThe answer is\n42\n\n2\n00:00:02,500 --> 00:00:04,000\n7\n"
    assert [turn[3] for turn in turns(text)] == ["The answer is 42 7"]


def test_labels_on_every_cue_leave_an_unlabelled_cue_unknown() -> None:
    blocks = ["Ann: One.", "Ann: Two.", "Ann: Three.", "Bob: Four.", "Bob: Five.", "Somebody coughs."]
    text = "".join(
        f"{number}\n00:00:{number:02},000 --> 00:00:{number:02},900\n{words}\n\n"
        for number, words in enumerate(blocks, 1)
    )
    assert turns(text)[-1] == (None, 6.0, 6.9, "Somebody coughs.")


def test_labels_at_changes_only_carry_over_with_a_warning() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nAnn: One.\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo.\n"
    transcript = read_transcript(text.encode())
    assert [turn.speaker for turn in transcript.turns] == ["Ann"]
    assert {note.code for note in transcript.warnings} == {"speaker_carried_over"}


def test_a_mark_of_a_new_voice_ends_the_speaker_before() -> None:
    text = "0:00:01.000,0:00:02.000\n>> ANN: Hi.\n\n0:00:03.000,0:00:04.000\n>> Hello.\n"
    assert turns(text) == [("ANN", 1.0, 2.0, "Hi."), (None, 3.0, 4.0, ">> Hello.")]


def test_a_word_before_a_colon_in_mid_sentence_is_no_speaker() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: I have one\n\n2\n00:00:02,000 --> 00:00:03,000\nRequest: be on time.\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\nBob: Sure.\n"
    )
    assert [(turn[0], turn[3]) for turn in turns(text)] == [
        ("Ann", "I have one Request: be on time."),
        ("Bob", "Sure."),
    ]


def test_comma_times_make_a_file_srt_even_without_numbers() -> None:
    assert read_transcript(b"00:00:01,000 --> 00:00:02,000\nHello\n").format == "srt"


def test_rolling_captions_are_read_once() -> None:
    lines = ["good morning", "to all of you", "who are here", "today with us", "in this room"]
    text = "".join(
        f"{at + 1}\n00:00:{at:02},000 --> 00:00:{at + 1:02},000\n{lines[at]}\n{lines[at + 1]}\n\n" for at in range(4)
    )
    assert " ".join(turn[3] for turn in turns(text)) == " ".join(lines)
