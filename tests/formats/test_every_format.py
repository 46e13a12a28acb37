"""Every sample of every format is recognized by its content alone and becomes exactly the turns it holds."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.meeting import Participant, Sidecar
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.registry import FORMATS, Format, format_names
from artifact_assets.formats.table import check_transcripts
from tests.formats.sample import Sample
from tests.formats.samples import all_samples

SAMPLES = all_samples()
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def spoken(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\w']+", text.casefold()))


@EACH
def test_a_file_becomes_the_turns_it_holds(sample: Sample) -> None:
    transcript = read_transcript(sample.content)
    found = tuple((turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns)
    assert transcript.format == sample.format
    assert found == sample.turns
    assert [turn.index for turn in transcript.turns] == list(range(len(transcript.turns)))


@EACH
def test_a_misleading_file_name_changes_no_turn(sample: Sample) -> None:
    misled = read_transcript(sample.content, file_name="2026-11-17 Notes of the board.srt")
    assert misled.turns == read_transcript(sample.content).turns
    assert misled.format == sample.format


@EACH
def test_a_file_can_be_read_by_naming_its_format(sample: Sample) -> None:
    assert read_transcript(sample.content, format_name=sample.format).turns == read_transcript(sample.content).turns


@EACH
def test_every_turn_says_where_it_came_from(sample: Sample) -> None:
    for turn in read_transcript(sample.content).turns:
        assert turn.source
        assert all(place.line is not None or place.pointer is not None for place in turn.source)


@EACH
def test_no_word_is_lost_or_doubled(sample: Sample) -> None:
    transcript = read_transcript(sample.content)
    assert spoken(" ".join(turn.text for turn in transcript.turns)) == spoken(
        " ".join(turn[3] for turn in sample.turns)
    )


@EACH
def test_reading_our_own_json_again_changes_nothing(sample: Sample) -> None:
    once = read_transcript(sample.content, file_name="2026-11-17 Weekly.vtt")
    again = read_transcript(to_bytes(once), file_name="other name.json")
    assert again == once
    assert to_bytes(again) == to_bytes(once)


@EACH
def test_joining_the_same_sidecar_twice_changes_nothing(sample: Sample) -> None:
    sidecar = Sidecar(title="T", kind="sales", participants=(Participant(name="Ann Lee", email="ann@example.com"),))
    once = join_sidecar(read_transcript(sample.content), sidecar)
    assert join_sidecar(once, sidecar) == once
    assert read_transcript(to_bytes(once)) == once


def test_every_sample_keeps_the_table_contract() -> None:
    assert check_transcripts({sample.name: read_transcript(sample.content) for sample in SAMPLES}) == {}


def test_every_format_of_the_registry_has_a_sample() -> None:
    assert {sample.format for sample in SAMPLES} == set(format_names())


def test_format_names_are_unique_and_plain() -> None:
    names = format_names()
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_a_format_forced_on_every_other_file_ends_in_a_transcript_or_a_plain_failure(entry: Format) -> None:
    outcomes = {outcome(sample.content, entry.name) for sample in SAMPLES}
    assert outcomes <= {None, "unsupported_format", "empty_transcript", "unreadable_input"}


def outcome(content: bytes, format_name: str) -> str | None:
    try:
        read_transcript(content, format_name=format_name)
    except PipelineError as error:
        return error.failure_class
    return None
