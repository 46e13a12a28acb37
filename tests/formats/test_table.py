"""The table contract names the rows that break it, for many meetings at once."""

from __future__ import annotations

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.formats.table import (
    breaches,
    check_transcript,
    check_transcripts,
    doubtful,
    surely_sound,
    turns_frame,
)


def turn(
    index: int, text: str = "Hello.", start: float | None = None, end: float | None = None, speaker: str | None = "Ann"
) -> Turn:
    return Turn(index=index, speaker=speaker, start=start, end=end, text=text)


def transcript(*turns: Turn) -> Transcript:
    return Transcript(format="webvtt", turns=turns)


SOUND = transcript(turn(0, start=0.0, end=1.0), turn(1, speaker=None), turn(2, start=1.0), turn(3, start=1.0, end=2.0))


def test_sound_meetings_pass() -> None:
    assert check_transcripts({"a": SOUND, "b": SOUND}) == {}
    check_transcript("a", SOUND)
    assert surely_sound(SOUND)


@pytest.mark.parametrize(
    ("rule", "turns", "rows"),
    [
        ("numbered_from_zero", (turn(1), turn(1)), (1,)),
        ("end_not_before_start", (turn(0, start=5.0, end=4.0),), (0,)),
        ("in_time_order", (turn(0, start=5.0), turn(1), turn(2, start=4.0)), (2,)),
        ("has_words", (turn(0), turn(1, text=" \n")), (1,)),
        ("speaker_named_or_null", (turn(0, speaker=""),), (0,)),
        ("times_usable", (turn(0, start=-1.0),), (0,)),
        ("times_usable", (turn(0, start=9e9),), (0,)),
    ],
)
def test_each_rule_names_the_rows_that_break_it(rule: str, turns: tuple[Turn, ...], rows: tuple[int, ...]) -> None:
    found = breaches(turns_frame({"sound": SOUND, "bad": transcript(*turns), "other": SOUND}))
    assert {breach.meeting_id for breach in found} == {"bad"}
    assert next(breach for breach in found if breach.rule == rule).turns == rows
    with pytest.raises(PipelineError, match=rule):
        check_transcript("bad", transcript(*turns))


def test_one_bad_meeting_fails_alone_and_a_failure_counts_its_rows() -> None:
    bad = transcript(*[turn(index, text=" ") for index in range(9)])
    failures = check_transcripts({"a": SOUND, "bad": bad})
    assert set(failures) == {"bad"}
    assert failures["bad"].failure_class is FailureClass.UNREADABLE_INPUT
    assert "rows 0, 1, 2, 3, 4 and 4 more" in failures["bad"].cause
    with pytest.raises(PipelineError):
        check_transcript("bad", bad)


def test_an_empty_frame_breaks_no_rule() -> None:
    assert breaches(turns_frame({})) == ()


def test_doubtful_turns_are_noted_and_pass() -> None:
    odd = transcript(turn(0, text="x" * 30_000), turn(1, start=100_000.0))
    assert [note.code for note in doubtful({"a": SOUND, "odd": odd})["odd"]] == ["long_turn", "late_turn"]
    assert check_transcripts({"odd": odd}) == {}
    assert "a" not in doubtful({"a": SOUND})
