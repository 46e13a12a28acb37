"""Laws that hold for every meeting: nothing lost, nothing doubled, nothing attributed to another."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_assets.domain.display import displayed, spreadsheet_cell
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.formats.file_names import told_by_name
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.registry import format_names
from artifact_assets.formats.table import check_transcripts
from tests.fuzz.formats import ALLOWED, outcome

FEW = settings(max_examples=60, deadline=None)
NAMES = ("Ann Lee", "Bob Ray", "José Ruiz", "Dr. Chen")
WORDS = (
    "budget",
    "friday",
    "we",
    "will",
    "send",
    "42",
    "the",
    "contract.",
    "ok?",
    "naïve",
    "预算",
    "e-mail",
    "10:30h",
    "https://a.b/c",
)
LINES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)),
    min_size=3,
    max_size=25,
)
Meeting = list[tuple[str, list[str]]]


def stamp(seconds: int, mark: str) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}000"


def as_webvtt(meeting: Meeting) -> bytes:
    cues = [
        f"{stamp(3 * at, '.')} --> {stamp(3 * at + 2, '.')}\n<v {name}>{' '.join(said)}</v>\n"
        for at, (name, said) in enumerate(meeting)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def as_srt(meeting: Meeting) -> bytes:
    cues = [
        f"{at + 1}\n{stamp(3 * at, ',')} --> {stamp(3 * at + 2, ',')}\n{name}: {' '.join(said)}\n"
        for at, (name, said) in enumerate(meeting)
    ]
    return "\n".join(cues).encode()


def as_otter(meeting: Meeting) -> bytes:
    turns = [
        f"{name}  {3 * at // 60}:{3 * at % 60:02}  \n{' '.join(said)}\n" for at, (name, said) in enumerate(meeting)
    ]
    return ("\n".join(turns) + "\nTranscribed by https://otter.ai\n").encode()


def as_brackets(meeting: Meeting) -> bytes:
    return "".join(
        f"[{stamp(3 * at, '.')[:-4]}] {name}: {' '.join(said)}\n" for at, (name, said) in enumerate(meeting)
    ).encode()


def as_fireflies(meeting: Meeting) -> bytes:
    sentences = [
        {"speaker_name": name, "text": " ".join(said), "start_time": 3 * at, "end_time": 3 * at + 2}
        for at, (name, said) in enumerate(meeting)
    ]
    return json.dumps({"title": "T", "sentences": sentences}).encode()


def as_deepgram(meeting: Meeting) -> bytes:
    words = [
        {
            "word": word,
            "punctuated_word": word,
            "speaker": NAMES.index(name),
            "start": 3 * at + 0.01 * place,
            "end": 3 * at + 2,
        }
        for at, (name, said) in enumerate(meeting)
        for place, word in enumerate(said)
    ]
    return json.dumps({"results": {"channels": [{"alternatives": [{"transcript": "", "words": words}]}]}}).encode()


def said_by(meeting: Meeting, *, numbered: bool) -> list[tuple[str, str]]:
    return [
        (f"Speaker {NAMES.index(name)}" if numbered else name, letters(word)) for name, said in meeting for word in said
    ]


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


@FEW
@given(LINES)
def test_every_word_of_every_format_is_said_once_by_who_said_it(meeting: Meeting) -> None:
    for render in (as_webvtt, as_srt, as_otter, as_brackets, as_fireflies, as_deepgram):
        transcript = read_transcript(render(meeting))
        expected = said_by(meeting, numbered=render is as_deepgram)
        runs = [(turn.speaker, letters(turn.text)) for turn in transcript.turns]
        assert merged(runs) == merged(expected), render.__name__
        assert transcript.coverage == 1.0
        assert check_transcripts({"m": transcript}) == {}


def merged(runs: list[tuple[str | None, str]] | list[tuple[str, str]]) -> list[tuple[str | None, str]]:
    """Neighbours of one speaker as one text: where turns are cut is another law."""
    found: list[tuple[str | None, str]] = []
    for speaker, text in runs:
        if found and found[-1][0] == speaker:
            found[-1] = (speaker, found[-1][1] + text)
        else:
            found.append((speaker, text))
    return found


@FEW
@given(st.lists(st.tuples(st.none() | st.text(max_size=20), st.text(max_size=60)), min_size=1, max_size=8))
def test_our_own_json_comes_back_as_it_was(turns: list[tuple[str | None, str]]) -> None:
    content = json.dumps({"turns": [{"speaker": speaker, "text": f"{text}."} for speaker, text in turns]}).encode()
    once = read_transcript(content)
    assert read_transcript(to_bytes(once)) == once


@FEW
@given(
    st.lists(st.text(min_size=1, max_size=20), max_size=5),
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6),
)
def test_joining_is_settled_after_the_first_time(people: list[str], speakers: list[str]) -> None:
    content = json.dumps({"turns": [{"speaker": speaker, "text": "Hello."} for speaker in speakers]}).encode()
    sidecar = Sidecar(participants=tuple(Participant(name=name) for name in people))
    once = join_sidecar(read_transcript(content), sidecar)
    assert join_sidecar(once, sidecar) == once


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_transcript_or_a_failure(content: bytes) -> None:
    assert outcome(content, "") in {*format_names(), *ALLOWED}


@given(st.text(max_size=80))
def test_any_file_name_tells_something_printable_or_nothing(name: str) -> None:
    told = told_by_name(name)
    assert told.title is None or (told.title.isprintable() and told.title.strip())


@given(st.text())
def test_what_is_displayed_holds_no_control_character(text: str) -> None:
    shown = displayed(text)
    assert displayed(shown) == shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert spreadsheet_cell(text)[:1] not in ("=", "+", "-", "@")
