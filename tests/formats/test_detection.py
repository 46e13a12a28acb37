"""Files are recognized by content; what cannot be read is refused by name, with what to do."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats import detection
from artifact_assets.formats.detection import candidates, chosen
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.probe import Probe
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.registry import Format


def refusal(content: bytes, **options: str) -> PipelineError:
    with pytest.raises(PipelineError) as caught:
        read_transcript(content, **options)  # pyright: ignore[reportArgumentType]
    return caught.value


def package(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 binary", "PDF"),
        (b"{\\rtf1\\ansi Hello}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ".doc"),
        (b"ID3\x04rest", "MP3"),
        (b"\x00\x00\x00\x18ftypmp42rest", "recording"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "recording"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
    ],
)
def test_files_that_are_no_text_are_refused_by_name(content: bytes, word: str) -> None:
    error = refusal(content, file_name="meeting.vtt")
    assert error.failure_class is FailureClass.UNREADABLE_INPUT
    assert word in error.cause
    assert error.remedy


@pytest.mark.parametrize(
    ("names", "word"),
    [(("xl/workbook.xml",), "Excel"), (("ppt/slides/a.xml",), "PowerPoint"), (("a.vtt", "b.vtt"), "ZIP archive")],
)
def test_packages_that_are_no_word_document_are_named(names: tuple[str, ...], word: str) -> None:
    error = refusal(package(*names))
    assert error.failure_class is FailureClass.UNSUPPORTED_FORMAT
    assert word in error.cause


@pytest.mark.parametrize("content", [b"", b"   \n\n\t", b"\xef\xbb\xbf", b"WEBVTT\n\n", b"[]", b'{"turns": []}'])
def test_files_without_words_are_empty_or_unknown_and_never_a_transcript(content: bytes) -> None:
    assert refusal(content).failure_class in {FailureClass.EMPTY_TRANSCRIPT, FailureClass.UNSUPPORTED_FORMAT}


def test_json_of_an_unknown_shape_is_refused_with_its_keys_and_none_of_its_words() -> None:
    error = refusal(json.dumps({"verdict": "secret plan", "score": 3, "bidi\u202e": 1}).encode())
    assert error.failure_class is FailureClass.UNSUPPORTED_FORMAT
    assert "verdict, score" in error.cause
    assert "secret" not in error.cause
    assert "\u202e" not in error.cause


def test_broken_json_is_refused_with_its_place() -> None:
    error = refusal(b'{"turns": [\n{"text": "Hello"')
    assert error.failure_class is FailureClass.UNREADABLE_INPUT
    assert "line 2" in error.cause


def test_json_lines_are_refused_with_what_to_do() -> None:
    assert "JSON Lines" in refusal(b'{"text": "a"}\n{"text": "b"}\n').cause


def test_text_that_starts_with_a_bracket_is_no_json() -> None:
    assert read_transcript(b"[00:30] Ann: Hello.\n[00:40] Bob: Hi.\n").format == "dialogue"


def test_markup_that_is_no_transcript_is_refused() -> None:
    for content in (b"<!DOCTYPE html><html><body><p>News</p></body></html>", b"<?xml version='1.0'?><tt/>"):
        assert refusal(content).failure_class is FailureClass.UNSUPPORTED_FORMAT


@pytest.mark.parametrize(
    "content",
    [
        b"id,name,amount\n1,a,10\n2,b,20\n3,c,30\n",
        b"kq8/3hf+9/8s7d6f5g4h3j2k1==\n" * 9,
        b"2026-11-17 10:00:01.003 [17] 200 0.003\n" * 9,
    ],
)
def test_tables_and_data_are_not_taken_for_notes(content: bytes) -> None:
    assert refusal(content).failure_class is FailureClass.UNSUPPORTED_FORMAT


def test_code_and_settings_are_not_taken_for_notes() -> None:
    code = b"import re\n\ndef found(text):\n    result = re.search('a', text)\n    return result\n"
    for content in (code, b'[server]\nhost = "a"\nport = 80\nnames = ["a", "b"]\n', b"a {\n  color: red;\n}\n"):
        assert refusal(content).failure_class is FailureClass.UNSUPPORTED_FORMAT


def test_a_table_whose_quote_never_ends_is_refused() -> None:
    content = b'speaker,text\nAnn,Hello.\nBob,"' + b"word " * 40_000
    assert "breaks at line 3" in refusal(content).cause


def test_an_unknown_format_name_lists_the_known_ones() -> None:
    error = refusal(b"Ann: Hello.", format_name="wordperfect")
    assert error.failure_class is FailureClass.UNSUPPORTED_FORMAT
    assert "webvtt, srt" in error.remedy


def test_a_format_of_another_kind_is_refused() -> None:
    assert "json format" in refusal(b"Ann: Hello.", format_name="gong").cause


def test_a_timeline_without_words_is_refused_and_says_which_file_to_pass() -> None:
    error = refusal(json.dumps({"timeline": [{"ts": "00:00:01.000", "users": [{"username": "Ann"}]}]}).encode())
    assert error.failure_class is FailureClass.UNSUPPORTED_FORMAT
    assert "VTT" in error.remedy


def test_an_error_answer_of_an_api_is_no_meeting() -> None:
    assert refusal(b'{"requestId": "r", "errors": ["No calls found"]}').failure_class is FailureClass.EMPTY_TRANSCRIPT


def test_a_file_of_several_calls_is_refused() -> None:
    assert "2 Gong calls" in refusal(b'{"callTranscripts": [{"callId": "1"}, {"callId": "2"}]}').cause


def test_two_formats_that_are_equally_sure_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def sure(_: Probe) -> float:
        return 0.9

    def never(_: Probe) -> object:
        raise AssertionError("an ambiguous file must not be read")

    twins = tuple(Format(name, name, "text", sure, never) for name in ("one", "two"))  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(detection, "FORMATS", twins)
    probe = Probe(b"Hello.", ReadingLimits())
    with pytest.raises(PipelineError) as caught:
        chosen(probe, None)
    assert caught.value.failure_class is FailureClass.UNSUPPORTED_FORMAT
    assert "one (90% sure) or two (90% sure)" in caught.value.cause
    assert "--format one or --format two" in caught.value.remedy


def test_candidates_say_how_sure_they_are_surest_first() -> None:
    found = candidates(Probe(b"Ann: Hello.\nBob: Hi.\nAnn: Bye.\n", ReadingLimits()))
    assert [entry.format.name for entry in found] == ["dialogue", "notes"]
    assert found[0].sureness > found[1].sureness
