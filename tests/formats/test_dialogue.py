"""Text with speakers in the notations people and tools use, and notes that only look like it."""

from __future__ import annotations

import pytest

from artifact_assets.formats.reading import read_transcript

Shape = list[tuple[str | None, float | None, str]]


def shape(text: str) -> Shape:
    return [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text.encode()).turns]


TWO = [("Ann Lee", 3.0, "Hello there."), ("Bob Ray", 75.0, "Hi Ann.")]


@pytest.mark.parametrize(
    "text",
    [
        "[00:03] Ann Lee: Hello there.\n[01:15] Bob Ray: Hi Ann.\n",
        "(00:00:03) Ann Lee: Hello there.\n(00:01:15) Bob Ray: Hi Ann.\n",
        "00:03 Ann Lee: Hello there.\n01:15 Bob Ray: Hi Ann.\n",
        "00:03 - Ann Lee: Hello there.\n01:15 - Bob Ray: Hi Ann.\n",
        "[00:03] Ann Lee:\nHello there.\n\n[01:15] Bob Ray:\nHi Ann.\n",
        "Ann Lee [00:03]: Hello there.\nBob Ray [01:15]: Hi Ann.\n",
        "Ann Lee (00:03): Hello there.\nBob Ray (01:15): Hi Ann.\n",
        "Ann Lee (00:03):\nHello there.\nBob Ray (01:15):\nHi Ann.\n",
        "Ann Lee: [00:00:03] Hello there.\nBob Ray: [00:01:15] Hi Ann.\n",
        "Ann Lee   0:03\nHello there.\n\nBob Ray   1:15\nHi Ann.\n",
        "Ann Lee\t0:03\nHello there.\nBob Ray\t1:15\nHi Ann.\n",
        "Ann Lee | 00:03\nHello there.\n\nBob Ray | 01:15\nHi Ann.\n",
        "Ann Lee\n0:03\nHello there.\nBob Ray\n1:15\nHi Ann.\n",
        "**Ann Lee** [00:03]: Hello there.\n\n**Bob Ray** [01:15]: Hi Ann.\n",
        "- [00:03] **Ann Lee:** Hello there.\n- [01:15] **Bob Ray:** Hi Ann.\n",
        "[00:03 - 00:05] Ann Lee: Hello there.\n[01:15 - 01:17] Bob Ray: Hi Ann.\n",
        "Ann Lee 00:00:03.000 --> 00:00:05.000\nHello there.\nBob Ray 00:01:15.000 --> 00:01:17.000\nHi Ann.\n",
        "Ann Lee：[00:03] Hello there.\nBob Ray：[01:15] Hi Ann.\n",
        "[Ann Lee] 00:00:03\nHello there.\n\n[Bob Ray] 00:01:15\nHi Ann.\n",
    ],
)
def test_a_name_and_a_time_are_read_in_every_notation(text: str) -> None:
    found = shape(text)
    assert found == TWO


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee: Hello there.\nBob Ray: Hi Ann.\n",
        "**Ann Lee:** Hello there.\n\n**Bob Ray:** Hi Ann.\n",
        "**Ann Lee**: Hello there.\n\n**Bob Ray**: Hi Ann.\n",
        "- Ann Lee: Hello there.\n- Bob Ray: Hi Ann.\n",
        "> Ann Lee: Hello there.\n> Bob Ray: Hi Ann.\n",
        "[Ann Lee]: Hello there.\n[Bob Ray]: Hi Ann.\n",
        "Ann Lee:\nHello there.\n\nBob Ray:\nHi Ann.\n",
        "Ann Lee： Hello there.\nBob Ray： Hi Ann.\n",
    ],
)
def test_a_name_without_a_time_is_read_in_every_notation(text: str) -> None:
    assert shape(text) == [(speaker, None, said) for speaker, _, said in TWO]


def test_headers_with_one_space_count_when_a_name_comes_again() -> None:
    text = "Ann 0:03\nHello.\nBob 0:05\nHi.\nAnn 0:09\nBye.\nBob 0:12\nBye.\n"
    assert shape(text) == [("Ann", 3.0, "Hello."), ("Bob", 5.0, "Hi."), ("Ann", 9.0, "Bye."), ("Bob", 12.0, "Bye.")]


def test_a_time_in_prose_opens_no_turn() -> None:
    text = "Ann: Where do we eat?\nBob: Here is the plan\nLunch 12:30\nAnn: Fine.\n"
    assert shape(text)[1] == ("Bob", None, "Here is the plan Lunch 12:30")


def test_times_without_names_are_turns_of_unknown_speakers() -> None:
    assert shape("[00:01] Hello.\n[00:05] Hi.\n") == [(None, 1.0, "Hello."), (None, 5.0, "Hi.")]


def test_a_second_colon_stays_in_the_text() -> None:
    assert shape("Ann: One thing: money.\nBob: Yes: money.\nAnn: So.\n")[0][2] == "One thing: money."


def test_a_paragraph_without_a_label_goes_on_with_the_speaker_before() -> None:
    assert shape("Ann: First.\n\nSecond.\n\nBob: Third.\nAnn: Fourth.\n")[0] == ("Ann", None, "First. Second.")


def test_field_lines_around_the_speech_are_no_speech() -> None:
    text = (
        "Meeting: Acme renewal\nDate: November 17, 2026, 10:00 AM\nDuration: 34 min\nAttendees: Ann, Bob\n\n"
        "Ann: Shall we sign?\nBob: Yes.\n\nAction items:\n- Ann: send the contract\n- Bob: sign it\n\nSummary:\nAll agreed.\n"
    )
    transcript = read_transcript(text.encode())
    assert [turn.text for turn in transcript.turns] == ["Shall we sign?", "Yes."]
    assert transcript.title == "Acme renewal"
    assert transcript.started_at is not None
    assert transcript.started_at.isoformat() == "2026-11-17T10:00:00"
    assert [person.name for person in transcript.participants] == ["Ann", "Bob"]
    assert "summary_left_out" in {note.code for note in transcript.warnings}


def test_speech_goes_on_after_a_summary_when_a_speaker_comes_again() -> None:
    text = "Ann: One.\nBob: Two.\n\nAction items:\n- Ann: call Bob\n\nAnn: Three.\n"
    assert [turn[2] for turn in shape(text)] == ["One.", "Two.", "Three."]


def test_markdown_headings_are_no_speech() -> None:
    text = "# Acme call\n\n## Transcript\n\n**Ann:** One.\n\n**Bob:** Two.\n\n## Next steps\n\n- Ann calls\n"
    transcript = read_transcript(text.encode())
    assert [turn.text for turn in transcript.turns] == ["One.", "Two."]
    assert transcript.title == "Acme call"


@pytest.mark.parametrize(
    "text",
    [
        "Acme discovery\nBudget: 40k\nTimeline: Q1\nDecision maker: Jane\nNext steps: send proposal\n",
        "- Jane will send the proposal by Friday\n- They like it\n- Call Bob 10:30\n- Call Jane 11:30\n",
        "Kickoff\n\nGoals: grow\nMarket: Europe\nHiring: two people\nRunway: a year\n",
        "We met on Monday. Nobody took the lead. It was fine.\n",
    ],
)
def test_notes_are_read_line_by_line_and_name_nobody(text: str) -> None:
    transcript = read_transcript(text.encode())
    assert transcript.format == "notes"
    assert [turn.text for turn in transcript.turns] == [line.strip() for line in text.splitlines() if line.strip()]
    assert transcript.speakers == ()
    assert transcript.coverage == 1.0


def test_evidence_of_notes_leads_to_the_line() -> None:
    transcript = read_transcript(b"First line\n\nThird line\n")
    assert [turn.source[0].line for turn in transcript.turns] == [1, 3]


def test_otter_names_nobody_by_a_colon_inside_a_paragraph() -> None:
    text = (
        "Ann Lee  0:03\nRemember: pay. Bob: he is late.\n\nBob Ray  0:09\nSorry.\n\nTranscribed by https://otter.ai\n"
    )
    assert shape(text)[0] == ("Ann Lee", 3.0, "Remember: pay. Bob: he is late.")


def test_the_line_of_otter_is_speech_when_it_is_not_at_the_end() -> None:
    lines = "".join(f"Ann: Line {number} is said.\nBob: Yes.\n" for number in range(9))
    assert read_transcript(f"Ann: Transcribed by https://otter.ai\n{lines}".encode()).format == "dialogue"


def test_saved_captions_of_zoom_tell_the_time_of_day_and_count_from_the_first() -> None:
    text = "[Ann Lee] 10:02:33\nHello.\n\n[Bob Ray] 10:02:40\nHi.\n\n[Ann Lee] 10:03:33\nBye.\n"
    transcript = read_transcript(text.encode())
    assert [(turn.speaker, turn.start) for turn in transcript.turns] == [
        ("Ann Lee", 0.0),
        ("Bob Ray", 7.0),
        ("Ann Lee", 60.0),
    ]
    assert "clock_times" in {note.code for note in transcript.warnings}
