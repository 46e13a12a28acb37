"""A few hundred damaged files in every run of the tests; ``python -m tests.fuzz.formats`` reads them by the thousand."""

from __future__ import annotations

import pytest

from artifact_assets.domain.transcript import Transcript
from tests.fuzz import formats
from tests.fuzz.formats import assert_sound, damaged_input, run


def test_damaged_files_end_in_a_sound_transcript_or_a_failure_of_reading() -> None:
    campaign = run(600, seed=20261117)
    # an input that is only slow depends on the machine; the long campaign reports those
    assert [finding for finding in campaign.findings if " took " not in finding] == []
    assert sum(campaign.outcomes.values()) == 600


def test_the_same_seed_damages_files_the_same_way() -> None:
    seeds = [b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", b'{"turns": [{"text": "Hello"}]}']
    assert damaged_input(3, 14, seeds) == damaged_input(3, 14, seeds)
    assert damaged_input(3, 14, seeds) != damaged_input(4, 14, seeds)


def test_whatever_escapes_a_reader_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(content: bytes, **_: object) -> Transcript:
        raise KeyError("lost")

    monkeypatch.setattr(formats, "read_transcript", broken)
    assert len(run(3, seed=1).findings) == 3


def test_an_unsound_transcript_is_a_finding() -> None:
    with pytest.raises(AssertionError):
        assert_sound(Transcript(format="json", turns=()))
