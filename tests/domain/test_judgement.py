"""A claim is accepted only when nothing speaks against it, and every reason against it is listed."""

from __future__ import annotations

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import Decision, FieldUpdate, ItemState, Tag
from tests.domain.meeting_of import claim, extraction, meeting, sales_brief

MEETING = meeting(
    ("Dana", "We decided to go with the annual plan."),
    ("Ravi", "Good, the pricing stays as it is."),
)


def test_a_claim_with_a_real_quote_is_accepted() -> None:
    judged = judge(
        extraction(claim(Decision(text="Go with the annual plan"), "We decided to go with the annual plan.", 0)),
        MEETING,
        sales_brief(),
        ArtPolicy(),
    )
    assert [item.state for item in judged.items] == [ItemState.ACCEPTED]
    assert judged.failures == ()


def test_every_reason_is_listed() -> None:
    content = FieldUpdate(object="deal", field="mood", value="happy")
    judged = judge(extraction(claim(content, "nobody ever said this here", 0)), MEETING, sales_brief(), ArtPolicy())
    codes = {found.code for found in judged.items[0].failures}
    assert {"quote_not_found", "field_not_configured"} <= codes
    assert judged.items[0].state is ItemState.QUARANTINED


def test_a_claim_without_evidence_is_held() -> None:
    judged = judge(extraction(claim(Tag(tag="pricing"))), MEETING, sales_brief(), ArtPolicy())
    assert [found.code for found in judged.items[0].failures] == ["no_evidence"]


def test_an_extraction_that_mostly_quotes_what_nobody_said_is_suspect() -> None:
    invented = [claim(Decision(text=f"Buy {n} boats"), f"we shall buy all these {n} boats now", 0) for n in range(5)]
    judged = judge(extraction(*invented), MEETING, sales_brief(), ArtPolicy())
    assert [found.code for found in judged.failures] == ["extraction_suspect"]
