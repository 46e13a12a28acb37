"""Long meetings in chunks: nothing is missing, nothing is counted twice, one bad part is seen."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_assets.domain.artifact import ActionItem, Extraction
from artifact_assets.domain.brief import Vocabulary
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.extraction.model.answer import read_answer
from artifact_assets.extraction.model.chunks import Chunk, Piece, assert_covers, chunks_of, halved
from artifact_assets.extraction.model.merging import agreed, merged
from artifact_assets.extraction.model.tokens import estimate
from tests.domain.meeting_of import meeting
from tests.extraction.model.desk import QUICK, form, item, open_desk, words_of
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error

SMALL = QUICK.model_copy(update={"chunk_tokens": 400, "overlap_tokens": 60, "parallel_chunks": 8})
LINE = re.compile(r"^(\*?)(\d+)\|[^|]*\|(.*)$", re.MULTILINE)
PROMISES = meeting(
    *(
        ("Ana Ruiz" if n % 2 else "Ben Cole", f"Well, I'll send report number {n} to the board tomorrow, as we said.")
        for n in range(60)
    )
)


def obliging(body: dict[str, Any]) -> Outcome:
    """A model that finds every promise, in repeated lines too."""
    lines = LINE.findall(words_of(body))
    return form(*(item(f"Send report number {n}", words[6:40], int(n)) for _, n, words in lines))


def of_texts(texts: list[str]) -> Transcript:
    turns = tuple(Turn(index=n, speaker="A", start=None, end=None, text=text) for n, text in enumerate(texts))
    return Transcript(format="test", turns=turns)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=3000), max_size=12),
    st.integers(200, 900),
    st.integers(0, 100),
)
def test_every_character_of_every_turn_is_in_one_chunk_that_fits(texts: list[str], size: int, overlap: int) -> None:
    talk = of_texts(texts)
    chunks = chunks_of(talk, size, overlap)
    assert_covers(chunks, talk)
    for chunk in chunks:
        assert sum(estimate(talk.turns[p.turn].text[p.start : p.end]) for p in (*chunk.before, *chunk.pieces)) <= size


def test_a_gap_in_the_chunks_does_not_pass() -> None:
    talk = of_texts(["one two three", "four"])
    with pytest.raises(AssertionError):
        assert_covers((Chunk((Piece(0, 0, 5), Piece(1, 0, 4))),), talk)
    with pytest.raises(AssertionError):
        assert_covers((Chunk((Piece(0, 0, 13),)),), talk)


def test_a_monologue_longer_than_a_chunk_is_cut_between_words() -> None:
    talk = of_texts(["word " * 3000])
    chunks = chunks_of(talk, 400, 50)
    assert len(chunks) > 10
    assert all(talk.turns[0].text[piece.end - 1] == " " for chunk in chunks for piece in chunk.pieces)


def test_halves_cover_what_the_whole_covered_and_end_somewhere() -> None:
    talk = of_texts(["one two three four", "five"])
    left = [chunks_of(talk, 400, 0)[0]]
    smallest: list[Chunk] = []
    while left:
        chunk = left.pop(0)
        halves = halved(chunk, talk)
        left = [*(halves or ()), *left]
        if halves is None:
            smallest.append(chunk)
    assert_covers(smallest, talk)
    assert len(smallest) == 5


def test_items_found_in_two_chunks_become_one_and_none_is_lost(home: Path) -> None:
    with FakeOpenAI(obliging) as server, open_desk(home, server.base_url, SMALL) as desk:
        found = asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
        assert len(server.asked) > 4
        assert found.trace.calls == len(server.asked)
    contents = [claim.content for claim in found.claims]
    assert [c.text for c in contents if isinstance(c, ActionItem)] == [f"Send report number {n}" for n in range(60)]


def test_two_promises_in_one_turn_stay_two() -> None:
    both = form(item("Send the quote", "I'll send the quote", 0), item("Book the room", "I'll book the room", 0))
    claims = read_answer(json.dumps(both), frozenset({0}), Vocabulary()).claims
    assert len(merged([claims, claims])) == 2


def test_samples_that_disagree_only_suggest() -> None:
    one = read_answer(json.dumps(form(item("Send the quote", "I'll send", 0))), frozenset({0}), Vocabulary()).claims
    three = [one, one, ()]
    assert [(c.confidence, c.suggested) for c in agreed(three)] == [(0.6667, False)]
    assert [(c.confidence, c.suggested) for c in agreed([one, (), ()])] == [(0.3333, True)]


def test_a_meeting_of_three_hours_is_extracted_whole(home: Path) -> None:
    # About 150 words a minute: 27,000 words.
    talk = meeting(
        *((f"P{n % 5}", f"In minute {n} I'll send item {n}. " + "and then we talked on " * 29) for n in range(180))
    )
    assert talk.word_count > 25_000
    policy = QUICK.model_copy(update={"chunk_tokens": 4000, "overlap_tokens": 300})

    def found_by(body: dict[str, Any]) -> Outcome:
        return form(
            *(item(f"Send item {n}", f"I'll send item {n}", int(n)) for _, n, _ in LINE.findall(words_of(body)))
        )

    with FakeOpenAI(found_by) as server, open_desk(home, server.base_url, policy) as desk:
        found = asyncio.run(desk.extractor.extract(talk, "d" * 64, desk.brief))
    assert len(found.claims) == 180


@pytest.mark.parametrize("bad", [completion("no", finish_reason="stop"), completion(None, refusal="no")])
def test_a_chunk_that_fails_is_never_passed_over(bad: Outcome, home: Path) -> None:
    def script(body: dict[str, Any]) -> Outcome:
        return bad if "\n30|" in words_of(body) else obliging(body)

    with FakeOpenAI(script) as server:
        with open_desk(home, server.base_url, SMALL) as desk:
            try:
                found: Extraction | PipelineError = asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
            except PipelineError as failure:
                found = failure
            if isinstance(found, Extraction):
                assert found.claims == ()
                assert [f.code for f in found.failures] == ["model_output_invalid"]
            else:
                assert found.failure_class is FailureClass.MODEL_REFUSED
        partial = SMALL.model_copy(update={"on_chunk_failure": "partial"})
        with open_desk(home, server.base_url, partial) as desk:
            asked = len(server.asked)
            found = asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
            # Everything needed was already paid for.
            assert len(server.asked) == asked
    assert 40 < len(found.claims) < 60
    (note,) = found.warnings
    assert note.code == "chunk_left_out"
    assert re.fullmatch(r"turns \d+ to \d+", note.place or "")


def test_an_outage_is_no_partial_result(home: Path) -> None:
    def script(body: dict[str, Any]) -> Outcome:
        return error(500) if "\n30|" in words_of(body) else obliging(body)

    partial = SMALL.model_copy(update={"on_chunk_failure": "partial", "attempts": 2})
    with FakeOpenAI(script) as server, open_desk(home, server.base_url, partial) as desk:
        with pytest.raises(PipelineError) as failed:
            asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
        assert failed.value.failure_class is FailureClass.MODEL_UNAVAILABLE
        assert len(server.answered) > 3


def test_what_is_too_long_in_any_size_is_given_up_soon(home: Path) -> None:
    with FakeOpenAI([error(400, "context_length_exceeded")]) as server, open_desk(home, server.base_url) as desk:
        found = asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
        assert [f.code for f in found.failures] == ["model_output_truncated"]
        assert len(server.asked) == 15


def test_a_server_that_reads_only_a_part_is_found_out_by_its_own_count(home: Path) -> None:
    def counted(tokens: int) -> Outcome:
        return completion(form(), usage={"prompt_tokens": tokens, "completion_tokens": 9})

    for tokens, codes in ((300, ["request_shortened"]), (1500, [])):
        policy = QUICK.model_copy(update={"seed": tokens})
        with FakeOpenAI([counted(tokens)]) as server, open_desk(home, server.base_url, policy) as desk:
            found = asyncio.run(desk.extractor.extract(PROMISES, "d" * 64, desk.brief))
        assert [note.code for note in found.warnings] == codes
