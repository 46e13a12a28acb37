"""Real and realistic exports of third parties, when they lie beside the repository: every word once, and no more."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.table import check_transcripts
from tests.formats.shared_files import shared_file, shared_folder_files

FOLDERS = {
    "assemblyai": "assemblyai",
    "autoedit2": "autoedit",
    "aws-transcribe": "aws-transcribe",
    "azure-speech-batch": "azure-speech",
    "bbc-kaldi": "kaldi",
    "digital-paper-edit": "paper-edit",
    "google-meet": "google-meet",
    "google-stt": "google-stt",
    "podcast-html": "podcast-html",
    "podcast-json": "podcast-json",
    "srt": "srt",
    "vcon": "vcon",
    "webvtt-generic": "webvtt",
}
FILES = [path for path in shared_folder_files("formats") if path.parent.name in FOLDERS]


def name_of(path: Path | None) -> str:
    return path.name if path else "absent"


EACH = pytest.mark.parametrize("path", FILES or [None], ids=name_of)


def read(path: Path | None) -> Transcript:
    if path is None:
        pytest.skip("third-party files are not on this machine")
    return read_transcript(path.read_bytes(), file_name=path.name)


def tokens(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


@EACH
def test_a_real_file_is_recognized_and_comes_back_unchanged(path: Path | None) -> None:
    transcript = read(path)
    assert path is not None
    assert transcript.format == FOLDERS[path.parent.name]
    assert transcript.turns
    assert read_transcript(to_bytes(transcript)) == transcript


def test_all_real_files_keep_the_table_contract() -> None:
    assert check_transcripts({path.name: read(path) for path in FILES}) == {}


def caption_words(path: Path) -> str:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    spoken = [line for line in lines if "-->" not in line and not line.strip().isdecimal() and line.strip() != "WEBVTT"]
    return re.sub(r"<v [^>]*>", "", "\n".join(spoken))


def without_labels(text: str, speakers: tuple[str, ...]) -> str:
    names = "|".join(re.escape(name) for name in (*speakers, "Unknown"))
    return re.sub(rf"^(?:{names}):", "", text, flags=re.MULTILINE)


CAPTIONS = [path for path in FILES if path.parent.name in ("srt", "webvtt-generic")]
MEET = [path for path in FILES if path.parent.name == "google-meet"]


@pytest.mark.parametrize("path", CAPTIONS or [None], ids=name_of)
def test_no_word_of_a_caption_file_is_lost_or_doubled(path: Path | None) -> None:
    transcript = read(path)
    assert path is not None
    expected = without_labels(caption_words(path), transcript.speakers)
    assert tokens(" ".join(turn.text for turn in transcript.turns)) == tokens(expected)


@pytest.mark.parametrize("path", MEET or [None], ids=name_of)
def test_no_word_of_a_meet_file_is_lost_or_doubled(path: Path | None) -> None:
    transcript = read(path)
    assert path is not None
    around = r"(?m)^_?This editable transcript.*$|^Meeting ended after.*$|^\d\d:\d\d:\d\d$"
    text = re.sub(around, "", path.read_text(encoding="utf-8"))
    assert tokens(" ".join(turn.text for turn in transcript.turns)) == tokens(without_labels(text, transcript.speakers))
    assert all(turn.start is None for turn in transcript.turns)
    assert all(turn.speaker for turn in transcript.turns)


@pytest.mark.parametrize(
    ("relative", "pattern"),
    [
        ("assemblyai/bbc_assembly_example.json", r'^  "text": "(.*)",$'),
        ("azure-speech-batch/msdocs_v3_sample.json", r'^\s+"display": "(.*)"$'),
    ],
)
def test_a_text_that_is_repeated_in_the_file_is_read_once(relative: str, pattern: str) -> None:
    path = shared_file(f"formats/{relative}")
    expected = re.search(pattern, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert expected is not None
    assert tokens(" ".join(turn.text for turn in read(path).turns)) == tokens(expected[1])


def test_google_words_equal_the_transcripts_of_the_results() -> None:
    for path in FILES:
        if path.parent.name == "google-stt":
            results = json.loads(path.read_text(encoding="utf-8"))["results"]
            expected = " ".join(result["alternatives"][0]["transcript"] for result in results)
            assert tokens(" ".join(turn.text for turn in read(path).turns)) == tokens(expected)


def test_aws_words_equal_the_whole_transcript() -> None:
    path = shared_file("formats/aws-transcribe/bbc_todayinfocus_speaker_labels.json")
    expected = json.loads(path.read_text(encoding="utf-8"))["results"]["transcripts"][0]["transcript"]
    transcript = read(path)
    assert tokens(" ".join(turn.text for turn in transcript.turns)) == tokens(expected)
    assert set(transcript.speakers) == {"spk_0", "spk_1"}


def test_podcast_words_equal_the_bodies() -> None:
    for path in FILES:
        if path.parent.name == "podcast-json":
            segments = json.loads(path.read_text(encoding="utf-8"))["segments"]
            expected = " ".join(segment["body"] for segment in segments)
            assert tokens(" ".join(turn.text for turn in read(path).turns)) == tokens(expected)


def test_the_agent_of_a_vcon_is_its_party_by_role() -> None:
    path = shared_file("formats/vcon/05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json")
    transcript = read(path)
    parties = json.loads(path.read_text(encoding="utf-8"))["parties"]
    assert set(transcript.speakers) == {party["name"] for party in parties}
    assert [person.role for person in transcript.participants] == ["agent", "customer"]
    assert all(person.email for person in transcript.participants)


def test_an_error_answer_of_gong_is_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        read(shared_file("formats/gong/api_404_no_calls.json"))
    assert caught.value.failure_class is FailureClass.EMPTY_TRANSCRIPT


def test_languages_of_real_files_are_detected() -> None:
    found = {
        path.name: read(path).language for path in FILES if path.parent.name in ("srt", "webvtt-generic", "google-meet")
    }
    assert {name for name, language in found.items() if language != "en"} <= {"kde_express-16_kde_en_telegram.vtt"}
    assert found.get("kde_express-16_kde_en_telegram.vtt", "es") == "es"
