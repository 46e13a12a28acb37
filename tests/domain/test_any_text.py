"""Whatever a transcript or a model says, judging it ends with a verdict."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Claim,
    Content,
    Decision,
    Evidence,
    FieldUpdate,
    ItemState,
    NextStep,
    Tag,
)
from artifact_assets.domain.grounding.words import words_of
from artifact_assets.domain.quantities.amounts import mentions_in
from artifact_assets.domain.quantities.days import days_of
from artifact_assets.domain.transcript import Transcript, Turn
from tests.domain.meeting_of import STARTED, extraction, sales_brief

ODD = """$ 25k twenty-five 12/31 March 1/2/0000 ٢٥ ² ﷺ | #7 I'll not '' million @ a@b.c +4930123456 % -1 é half a"""
SPICE = st.sampled_from(
    (*ODD.split(), "9" * 5000, "31st of February", "in 999999 weeks", "\ud800", "\x00", "\u2028", "scratch that")
)
TEXT = st.lists(st.one_of(SPICE, st.text(max_size=8)), max_size=12).map(" ".join)
DAY = st.one_of(st.none(), st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)))
FIELDS = st.sampled_from(("amount", "close_date", "stage", "seats", "mood"))
CONTENT: st.SearchStrategy[Content] = st.one_of(
    st.builds(ActionItem, text=TEXT, owner=st.one_of(st.none(), TEXT), due=DAY, due_text=st.one_of(st.none(), TEXT)),
    st.builds(Decision, text=TEXT),
    st.builds(FieldUpdate, object=st.just("deal"), field=FIELDS, value=TEXT),
    st.builds(Tag, tag=TEXT),
    st.builds(NextStep, text=TEXT, due=DAY),
)


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.just("Ana"), TEXT), TEXT), max_size=6),
    st.lists(st.tuples(CONTENT, TEXT, st.lists(st.integers(-2, 8), max_size=3), st.booleans()), max_size=4),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_every_claim_about_any_meeting_gets_a_verdict(
    lines: list[tuple[str | None, str]], drafts: list[tuple[Content, str, list[int], bool]], dated: bool
) -> None:
    turns = tuple(Turn(index=n, speaker=who, start=None, end=None, text=text) for n, (who, text) in enumerate(lines))
    claims: list[Claim] = []
    for content, quote, cited, verbatim in drafts:
        said = turns[cited[0] % len(turns)].text if verbatim and turns and cited else quote
        claims.append(Claim(content=content, evidence=(Evidence(turns=tuple(cited), quote=said),)))
    transcript = Transcript(format="test", turns=turns)
    judgement = judge(extraction(*claims), transcript, sales_brief(STARTED if dated else None, "Ana"), ArtPolicy())
    assert sum(item.claims for item in judgement.items) == len(claims)
    for item in judgement.items:
        assert (item.state in (ItemState.ACCEPTED, ItemState.SUGGESTED)) == (item.failures == ())
        for span in (span for evidence in item.evidence for span in evidence.spans):
            assert 0 <= span.start < span.end <= len(turns[span.turn].text)


@given(TEXT)
@settings(max_examples=150, deadline=None)
def test_words_lie_inside_the_text_and_read_the_same_twice(text: str) -> None:
    words = words_of(text)
    assert all(0 <= word.start < word.end <= len(text) and word.text for word in words)
    assert words_of(text) == words
    mentions_in(text)
    days_of(words, date(2026, 11, 17))
    days_of(words, None)
