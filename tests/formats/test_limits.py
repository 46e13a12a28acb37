"""Limits refuse clearly, and hostile files do no harm."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.formats.fragment import MOST_PARTICIPANTS
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.limits import ReadingLimits, check_size
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.registry import format_names
from tests.fuzz.formats import ALLOWED, outcome

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def refusal(content: bytes, limits: ReadingLimits | None = None) -> str:
    with pytest.raises(PipelineError) as caught:
        read_transcript(content, limits=limits or ReadingLimits())
    assert caught.value.failure_class is FailureClass.UNREADABLE_INPUT
    return caught.value.cause


def word(document: bytes, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        package.writestr("word/document.xml", document)
    return buffer.getvalue()


def test_a_file_is_refused_by_its_size_before_it_is_read() -> None:
    with pytest.raises(PipelineError) as caught:
        check_size(200_000_000)
    assert "200,000,000 bytes" in caught.value.cause
    check_size(20_000_000)


def test_limits_hold_for_the_content_too() -> None:
    assert "11 bytes" in refusal(b"Ann: Hello.", ReadingLimits(max_bytes=10))


def test_a_limit_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="max_turns must be positive, not 0"):
        ReadingLimits(max_turns=0)


def test_too_many_cues_are_refused() -> None:
    cues = "".join(f"00:{at:02}.000 --> 00:{at:02}.500\nHello\n\n" for at in range(20))
    assert "20 cues" in refusal(f"WEBVTT\n\n{cues}".encode(), ReadingLimits(max_turns=19))


def test_json_deeper_than_the_limit_is_refused() -> None:
    deep = "[" * 65 + "1" + "]" * 65
    assert "nested deeper than 64" in refusal(f'{{"turns": {deep}}}'.encode())


def test_json_deeper_than_the_parser_can_go_is_refused() -> None:
    assert "nested deeper" in refusal(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def test_a_number_too_long_to_convert_is_refused() -> None:
    assert "number" in refusal(b'{"turns": [{"text": "Hello", "start": ' + b"9" * 5000 + b"}]}")


def test_numbers_that_are_no_times_are_dropped() -> None:
    turns = b'{"text": "a", "start": 1e999}, {"text": "b", "start": NaN, "end": -4}, {"text": "c", "start": true}'
    content = b'{"turns": [' + turns + b"]}"
    transcript = read_transcript(content)
    assert [(turn.start, turn.end) for turn in transcript.turns] == [(None, None)] * 3
    assert "unusable_time" in {note.code for note in transcript.warnings}


def test_a_package_that_expands_a_thousand_times_is_refused() -> None:
    bomb = f"<w:document {W}><w:body><w:p><w:r><w:t>{'A' * 30_000_000}</w:t></w:r></w:p></w:body></w:document>"
    assert "expands" in refusal(word(bomb.encode()))


def test_entities_in_a_package_are_refused() -> None:
    declared = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    document = declared + f"<w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>".encode()
    assert "entities" in refusal(word(document))


def test_a_package_with_endless_nesting_is_refused() -> None:
    document = f"<w:document {W}>" + "<w:p>" * 5000 + "</w:p>" * 5000 + "</w:document>"
    assert "deeper" in refusal(word(document.encode()))


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_package_packed_as_word_never_does_is_refused(compression: int) -> None:
    document = f"<w:document {W}><w:body><w:p><w:r><w:t>Ann: Hello.</w:t></w:r></w:p></w:body></w:document>"
    assert "packed" in refusal(word(document.encode(), compression=compression))


def test_a_damaged_package_is_refused() -> None:
    content = word(f"<w:document {W}><w:body/></w:document>".encode(), compression=zipfile.ZIP_STORED)
    assert "damaged" in refusal(content.replace(b"<w:body/>", b"<w:bodyX>"))


@pytest.mark.parametrize(
    "line",
    [
        "(" * 50_000,
        "a:" * 50_000,
        " " * 50_000 + "x",
        "#" + " " * 50_000 + "x",
        "1" * 50_000,
        "00:" * 50_000,
        "<v " * 50_000,
        "*" * 50_000 + ":",
        "[" * 50_000,
        "&#" * 50_000,
        "A " * 50_000,
        "-->" * 50_000,
        "1:" + "1" * 50_000 + " -->",
        "é" * 9_000,
    ],
)
@pytest.mark.parametrize(
    "frame", ["{}", "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n", "Ann: a\nBob: {}\n00:05:00\nAnn: b", "{} Ann  0:03\nb\n"]
)
@pytest.mark.timeout(20)
def test_no_line_makes_reading_slow(line: str, frame: str) -> None:
    # the bound is generous: what is caught here takes minutes, not seconds
    assert outcome(frame.format(line).encode(), "") in {*format_names(), *ALLOWED}


def test_titles_and_names_of_any_length_are_cut() -> None:
    content = json.dumps({"title": "a\nb " * 999, "sentences": [{"speaker_name": "x" * 9999, "text": "Hi."}]})
    transcript = read_transcript(content.encode())
    assert transcript.title is not None
    assert transcript.title.startswith("a b a b")
    assert (len(transcript.title), len(transcript.turns[0].speaker or "")) == (300, 200)


@pytest.mark.timeout(30)
def test_no_number_of_things_makes_reading_slow() -> None:
    # each of these took quadratic time in some reader once; the bound only tells minutes from seconds
    blocks = "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n" + "b\n\n" * 60_000
    assert read_transcript(blocks.encode()).turns
    shown = "\n".join(str(number) for number in range(20_000))
    rolling = "".join(f"00:0{at}.000 --> 00:0{at + 1}.000\n{shown}\n\n" for at in range(5))
    assert read_transcript(f"WEBVTT\n\n{rolling}".encode()).turns
    people = [{"displayName": f"Ann {number}", "email": f"a{number}@example.com"} for number in range(20_000)]
    sentences = [{"speaker_name": f"Ann {number}", "text": "Hi."} for number in range(20_000)]
    meeting = read_transcript(json.dumps({"meeting_attendees": people, "sentences": sentences}).encode())
    assert len(meeting.participants) == MOST_PARTICIPANTS
    assert len(join_sidecar(meeting, Sidecar(participants=meeting.participants)).turns) == 20_000


def test_nul_and_lone_surrogates_become_replacement_characters_with_a_warning() -> None:
    text = read_transcript(b"Ann: a\x00b.\nBob: Hi.\n")
    assert text.turns[0].text == "a\ufffdb."
    assert {note.code for note in text.warnings} == {"nul_characters"}
    escaped = read_transcript(json.dumps({"turns": [{"text": "a\ud800b \U0001f44b", "speaker": "\udfff"}]}).encode())
    assert (escaped.turns[0].text, escaped.turns[0].speaker) == ("a\ufffdb \U0001f44b", "\ufffd")
    assert {note.code for note in escaped.warnings} == {"lone_surrogates"}


def test_controls_and_formulas_stay_in_the_text_because_display_neutralizes_them() -> None:
    said = "=cmd|' /C calc'!A1 \x1b[31m \u202eabc <script>alert(1)</script>"
    transcript = read_transcript(json.dumps({"turns": [{"text": said}]}).encode())
    assert transcript.turns[0].text == said
