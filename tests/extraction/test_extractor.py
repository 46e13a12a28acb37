"""The deterministic extractor as a whole: pure, quoted verbatim, honest about what it cannot do."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_assets.domain.artifact import ActionItem
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor, extraction
from artifact_assets.extraction.deterministic.talk import MAX_QUOTE
from tests.extraction.talks import TUESDAY, actions, extracted, transcript

TALK = (
    "Priya: Okay. I'll send you the pricing deck by Friday, and I'll book the room.",
    "Dana: Great. Let's go with the annual plan.",
    "Priya: Dana, can you forward the contract by the 30th?",
    "Dana: Sure, will do.",
)
GERMAN = (
    "Lena: Ich schicke dir das Angebot bis Freitag, und dann sprechen wir noch einmal darüber.",
    "Dirk: Ja, das ist gut, ich schaue mir die Zahlen morgen früh an und melde mich bei dir.",
    "Lena: Wir haben uns auf zwei Jahre geeinigt, der Rest steht im Vertrag, den du schon hast.",
)


def test_the_same_talk_gives_the_same_bytes() -> None:
    first, second = (to_bytes(extracted(*TALK)) for _ in range(2))
    assert first == second


def test_a_test_of_identity_names_version_and_weights() -> None:
    identity = DeterministicExtractor().identity
    assert identity["extractor"] == "deterministic"
    assert len(identity["weights"]) == 64
    assert identity["version"]


def test_the_wall_clock_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    before = extracted(*TALK)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert extracted(*TALK) == before


def test_quotes_are_verbatim_and_short() -> None:
    long_turn = "Dan: " + "We talked about the weather and the harvest and the roads, " * 12
    lines = (*TALK, f"{long_turn}and so I'll send Priya the audit report by Friday, as we said, {'and so on, ' * 30}")
    found = extracted(*lines)
    texts = {turn.index: turn.text for turn in transcript(*lines).turns}
    quotes = [(evidence.turns, evidence.quote) for claim in found.claims for evidence in claim.evidence]
    assert any("audit report by Friday" in quote for _, quote in quotes)
    for turns, quote in quotes:
        assert len(quote) <= MAX_QUOTE
        assert any(quote in texts[turn] for turn in turns)


def test_wordings_use_only_words_of_their_quotes() -> None:
    for claim in extracted(*TALK).claims:
        text = getattr(claim.content, "text", "")
        said = " ".join(evidence.quote for evidence in claim.evidence).lower()
        assert all(word in said for word in text.lower().split())


def test_without_a_date_of_the_meeting_due_dates_stay_text() -> None:
    naive = datetime(2026, 11, 17, 10, 0)  # noqa: DTZ001 - the case in question
    for started_at in (None, naive):
        dues = [claim.content for claim in extracted(*TALK, started_at=started_at).claims]
        items = [content for content in dues if isinstance(content, ActionItem) and content.due_text]
        assert items
        assert all(item.due is None for item in items)


@pytest.mark.parametrize("language", ["de", None])
def test_another_language_is_a_warning_and_no_claims(language: str | None) -> None:
    found = extraction(transcript(*GERMAN, language=language), "d" * 64, Brief(started_at=TUESDAY))
    assert found.claims == ()
    assert [warning.code for warning in found.warnings] == ["language_not_supported"]


def test_a_language_variant_of_english_is_english() -> None:
    found = extraction(transcript(*TALK, language="en-GB"), "d" * 64, Brief(started_at=TUESDAY))
    assert found.claims
    assert found.warnings == ()


def test_a_long_talk_without_items_is_a_warning() -> None:
    lines = ["Dan: The sheep was very good in the play, really."] * 20
    short = extraction(transcript(*lines), "d" * 64, Brief(started_at=TUESDAY))
    by_time = extraction(transcript(*lines, seconds=60), "d" * 64, Brief(started_at=TUESDAY))
    by_words = extraction(transcript(*lines * 10), "d" * 64, Brief(started_at=TUESDAY))
    assert short.warnings == ()
    assert [warning.code for warning in by_time.warnings] == ["no_items_found"]
    assert [warning.code for warning in by_words.warnings] == ["no_items_found"]


def test_turn_numbers_are_those_of_the_transcript() -> None:
    turns = (
        Turn(index=7, speaker="Dan", start=None, end=None, text="I'll send the deck by Friday."),
        Turn(index=9, speaker="Lena", start=None, end=None, text="Thanks."),
    )
    found = asyncio.run(
        DeterministicExtractor().extract(Transcript(format="test", turns=turns), "d" * 64, Brief(started_at=TUESDAY))
    )
    assert [evidence.turns for claim in found.claims for evidence in claim.evidence] == [(7,)]


def test_an_empty_transcript_gives_nothing() -> None:
    assert extraction(Transcript(format="test", turns=()), "d" * 64, Brief()).claims == ()


def test_machine_transcripts_without_punctuation_are_read_too() -> None:
    (item,) = actions("Joao: yeah look i'll ring the forklift company on monday about the mounts")
    assert item.text == "Ring the forklift company on monday about the mounts"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Dan", "Lena", None, "İpek", "O'Brien (x)", "a|b", "*", "Will", ""]),
            st.text(max_size=60) | st.sampled_from([line.partition(": ")[2] for line in TALK]),
        ),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_talk_breaks_it_and_every_quote_is_verbatim(said: list[tuple[str | None, str]]) -> None:
    turns = tuple(Turn(index=n, speaker=who, start=None, end=None, text=text) for n, (who, text) in enumerate(said))
    found = extraction(Transcript(format="test", turns=turns, language="en"), "d" * 64, Brief(started_at=TUESDAY))
    for claim in found.claims:
        for evidence in claim.evidence:
            assert any(evidence.quote in turns[turn].text for turn in evidence.turns)
