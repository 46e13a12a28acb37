"""Cues equal those of webvtt-py and pysubs2 wherever those are right; where they are not, the difference is named here."""

from __future__ import annotations

import io
import random
import re

import docx
import pysubs2
import pytest
import webvtt
from webvtt.errors import MalformedFileError

from artifact_assets.formats.cues import arrow_times, find_cues
from artifact_assets.formats.encoding import split_lines
from artifact_assets.formats.fragment import Notes
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.webvtt import COMMENTS, header_line, plain
from artifact_assets.formats.word_package import blocks
from tests.formats import samples_captions, samples_word
from tests.formats.shared_files import shared_file

WebCue = tuple[float, float, str]
_TAG = re.compile(r"</?(?:v|c|i|b|u)[^<>]*>|<\d[\d:.]+>")

WORDS = ["one", "two:", "3", "-", "a,b", "è", "(x)"]
WELL_FORMED = {
    "zoom": samples_captions.ZOOM,
    "teams": samples_captions.TEAMS,
    "nested": samples_captions.NESTED,
    "youtube": samples_captions.YOUTUBE,
}


def our_webvtt(text: str) -> list[WebCue]:
    lines = split_lines(text)
    first = (header_line(lines) or 0) + 1
    found = find_cues(lines, first, "-->", arrow_times, Notes(), COMMENTS)
    return [(cue.start or 0.0, cue.end or 0.0, words("\n".join(cue.lines))) for cue in found]


def words(payload: str) -> str:
    return " ".join(plain(_TAG.sub("", payload)).split())


def their_webvtt(text: str) -> list[WebCue]:
    captions = webvtt.from_buffer(io.StringIO(text)).captions
    # webvtt-py leaves entities escaped, so both sides are decoded
    return [(caption.start_in_seconds, caption.end_in_seconds, words(caption.raw_text)) for caption in captions]


def whole_seconds(cues: list[WebCue]) -> list[tuple[int, int, str]]:
    """webvtt-py tells times in whole seconds, cut off."""
    return [(int(start), int(end), text) for start, end, text in cues if text]


def our_srt(text: str) -> list[WebCue]:
    found = find_cues(split_lines(text), 0, "-->", arrow_times, Notes())
    return [(cue.start or 0.0, cue.end or 0.0, " ".join(" ".join(cue.lines).split())) for cue in found]


def their_srt(text: str) -> list[WebCue]:
    events = pysubs2.SSAFile.from_string(text, format_="srt").events
    return [(event.start / 1000, event.end / 1000, " ".join(event.plaintext.split())) for event in events]


@pytest.mark.parametrize("name", sorted(WELL_FORMED))
def test_cues_equal_those_of_webvtt_py(name: str) -> None:
    text = WELL_FORMED[name]
    assert whole_seconds(our_webvtt(text)) == whole_seconds(their_webvtt(text))


def test_cues_of_a_real_webvtt_file_equal_those_of_webvtt_py() -> None:
    text = shared_file("formats/webvtt-generic/kde_express-16_kde_en_telegram.vtt").read_text(encoding="utf-8")
    assert whole_seconds(our_webvtt(text)) == whole_seconds(their_webvtt(text))


def test_seconds_only_times_of_a_real_host_are_lost_by_webvtt_py_and_kept_here() -> None:
    text = shared_file("formats/webvtt-generic/podnews_daily_2024-01-25.vtt").read_text(encoding="utf-8")
    assert len(our_webvtt(text)) == text.count("-->")
    assert whole_seconds(our_webvtt(text)) != _tolerant(text)


def _tolerant(text: str) -> list[tuple[int, int, str]]:
    try:
        return whole_seconds(their_webvtt(text))
    except MalformedFileError:
        return []


@pytest.mark.parametrize("name", ["buzzcast", "podcasting_20_episode_124"])
def test_cues_of_real_srt_files_equal_those_of_pysubs2(name: str) -> None:
    text = shared_file(f"formats/srt/{name}.srt").read_text(encoding="utf-8-sig")
    assert our_srt(text) == their_srt(text)


@pytest.mark.parametrize("seed", range(20))
def test_generated_srt_equals_pysubs2(seed: int) -> None:
    text = generated(seed, comma=",")
    assert our_srt(text) == their_srt(text)


@pytest.mark.parametrize("seed", range(20))
def test_generated_webvtt_equals_webvtt_py(seed: int) -> None:
    text = "WEBVTT\n\n" + generated(seed, comma=".")
    assert whole_seconds(our_webvtt(text)) == whole_seconds(their_webvtt(text))


def generated(seed: int, comma: str) -> str:
    """Well-formed cues of one to three lines, some without a number, some with several blank lines between them."""
    choose = random.Random(seed)
    parts: list[str] = []
    at = 0
    for number in range(1, 30):
        at += choose.randint(0, 4000)
        end = at + choose.randint(1, 9000)
        lines = [" ".join(choose.choices(WORDS, k=choose.randint(2, 6))) for _ in range(choose.randint(1, 3))]
        head = f"{number}\n" if choose.random() < 0.9 or comma == "," else ""
        blank = "\n" * choose.randint(2, 4 if comma == "." else 2)
        parts.append(f"{head}{stamp(at, comma)} --> {stamp(end, comma)}\n" + "\n".join(lines) + blank)
    return "".join(parts)


def stamp(milliseconds: int, comma: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{comma}{rest:03}"


@pytest.mark.parametrize("sample", samples_word.samples(), ids=lambda sample: sample.name)
def test_paragraphs_of_word_documents_equal_those_of_python_docx(sample: samples_word.Sample) -> None:
    ours = [block for block in blocks(sample.content, ReadingLimits()) if isinstance(block, str)]
    assert ours == [paragraph.text for paragraph in docx.Document(io.BytesIO(sample.content)).paragraphs]
