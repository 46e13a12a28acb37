"""Quotes are found where they were said, and nowhere else."""

from __future__ import annotations

import pytest

from artifact_assets.domain.artifact import Alignment, Evidence
from artifact_assets.domain.grounding.ground import ground
from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.grounding.policy import GroundingPolicy
from artifact_assets.domain.transcript import Transcript, Turn

LINES = [
    ("Dana", "Thanks for joining, everyone. Um, let's get going."),
    ("Ravi", "So the annual budget is twenty-five thousand dollars, and we can't go above that."),
    ("Dana", "Yes."),
    ("Ravi", "I'll send the signed security questionnaire to your legal team"),
    ("Dana", "Mm-hm."),
    ("Ravi", "by Thursday at the latest."),
    ("Dana", "Yes, perfect. Then our procurement group can start reviewing the vendor form."),
    ("Mia", "I will draft the migration plan for the warehouse data before the next call."),
    ("Ravi", "Great, talk to you then. Bye."),
]
MEETING = Transcript(
    format="test",
    turns=tuple(Turn(index=n, speaker=who, start=None, end=None, text=text) for n, (who, text) in enumerate(LINES)),
)
INDEX = TranscriptIndex.of(MEETING)
POLICY = GroundingPolicy()


def found(quote: str, *turns: int) -> tuple[Alignment, list[int]]:
    evidence = ground(Evidence(turns=turns, quote=quote), INDEX, POLICY)
    return evidence.alignment, [span.turn for span in evidence.spans]


def said(quote: str, *turns: int) -> str:
    evidence = ground(Evidence(turns=turns, quote=quote), INDEX, POLICY)
    return " / ".join(LINES[span.turn][1][span.start : span.end] for span in evidence.spans)


def test_a_verbatim_quote_is_exact_and_its_span_is_the_quote() -> None:
    assert found("I will draft the migration plan", 7) == (Alignment.EXACT, [7])
    assert said("I will draft the migration plan", 7) == "I will draft the migration plan"


def test_a_whole_turn_with_its_punctuation_is_exact() -> None:
    assert said(LINES[0][1], 0) == LINES[0][1]


@pytest.mark.parametrize(
    "quote",
    [
        "THE ANNUAL BUDGET IS $25,000",
        "the annual budget is 25k dollars and we cannot go above that",
        "the annual budget, uh, is twenty five thousand dollars",
        "“The annual budget is twenty-five thousand dollars…”",
    ],
)
def test_case_punctuation_fillers_contractions_and_spellings_of_numbers_do_not_matter(quote: str) -> None:
    assert found(quote, 1) in [(Alignment.NORMALIZED, [1]), (Alignment.EXACT, [1])]


def test_a_quote_with_a_quarter_of_its_words_changed_is_fuzzy_at_the_right_place() -> None:
    assert found("I will prepare the migration plan for the storage data before our next call", 7) == (
        Alignment.FUZZY,
        [7],
    )


def test_a_quote_may_span_two_turns_of_one_speaker_with_an_interruption() -> None:
    quote = "I'll send the signed security questionnaire to your legal team by Thursday at the latest."
    assert found(quote, 3, 5) == (Alignment.EXACT, [3, 5])


def test_a_quote_is_not_assembled_from_two_speakers() -> None:
    assert found("before the next call. Great, talk to you then", 7) == (Alignment.NONE, [])


def test_words_of_two_speakers_count_when_both_turns_are_cited() -> None:
    assert found("before the next call. Great, talk to you then", 7, 8)[0] is not Alignment.NONE


@pytest.mark.parametrize(
    "quote",
    [
        "I will send the migration form to the vendor group before Thursday",
        "the legal team can draft twenty-five thousand questionnaires",
        "procurement is going to review the annual warehouse budget by the next call",
        "plan security the call budget vendor draft then Thursday data",
    ],
)
def test_a_sentence_invented_from_the_meetings_own_words_is_found_nowhere(quote: str) -> None:
    for turns in [(3,), (7,), tuple(range(9))]:
        assert found(quote, *turns) == (Alignment.NONE, [])


def test_a_very_short_quote_counts_only_in_the_turn_it_cites() -> None:
    assert found("Yes", 2) == (Alignment.NORMALIZED, [2]) or found("Yes", 2) == (Alignment.EXACT, [2])
    assert found("yes", 6)[1] == [6]
    assert found("yes", 7) == (Alignment.NONE, [])


def test_a_quote_that_cites_the_wrong_turn_is_found_where_it_was_said() -> None:
    assert found("our procurement group can start reviewing the vendor form", 1) == (Alignment.EXACT, [6])


@pytest.mark.parametrize("quote", ["", "   ", "…", "um, uh", "|", '""'])
def test_a_quote_without_words_is_found_nowhere(quote: str) -> None:
    assert found(quote, 0) == (Alignment.NONE, [])


def test_a_turn_that_does_not_exist_is_no_place() -> None:
    assert found("Yes", 99) == (Alignment.NONE, [])


def test_an_empty_meeting_grounds_nothing() -> None:
    empty = TranscriptIndex.of(Transcript(format="test", turns=()))
    assert ground(Evidence(turns=(0,), quote="we agreed on the plan"), empty, POLICY).alignment is Alignment.NONE


def test_a_word_is_not_found_inside_another() -> None:
    assert found("end the signed security questionnaire", 3)[0] is not Alignment.EXACT


def test_a_short_quote_is_found_in_its_turn_however_often_it_was_said() -> None:
    turns = tuple(Turn(index=n, speaker="Ana", start=None, end=None, text="Yes.") for n in range(700))
    index = TranscriptIndex.of(Transcript(format="test", turns=turns))
    evidence = ground(Evidence(turns=(650,), quote="yes"), index, POLICY)
    assert [span.turn for span in evidence.spans] == [650]


@pytest.mark.parametrize("turn", range(len(LINES)))
def test_a_quote_looked_for_in_its_own_turn_is_found_where_the_whole_meeting_has_it(turn: int) -> None:
    words = LINES[turn][1].split()
    elsewhere = len(LINES)  # a second turn that is cited and not there has the whole meeting searched
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            quote = " ".join(words[first:last])
            alone, among_all = (
                ground(Evidence(turns=cited, quote=quote), INDEX, POLICY) for cited in ((turn,), (turn, elsewhere))
            )
            assert (alone.alignment, alone.score, alone.spans) == (
                among_all.alignment,
                among_all.score,
                among_all.spans,
            )
