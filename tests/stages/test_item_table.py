"""The item table shows which item breaks which rule, whatever the rules before it did."""

from __future__ import annotations

from typing import Any

import pytest

from artifact_assets.domain.artifact import (
    Alignment,
    Artifact,
    Decision,
    ExtractorTrace,
    GroundedEvidence,
    Item,
    ItemState,
    RuleFailure,
    Span,
)
from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.item_table import breaches, check_items, items_frame, surely_sound

FOUND = GroundedEvidence(
    turns=(1,), quote="q", alignment=Alignment.EXACT, score=100, spans=(Span(turn=1, start=0, end=1),)
)
LOST = GroundedEvidence(turns=(1,), quote="q", alignment=Alignment.NONE, score=0)
REASON = RuleFailure(quality="accurate", code="negated", reason="r")


def item(**changed: Any) -> Item:
    values: dict[str, Any] = {
        "item_id": "0123456789abcdef0123",
        "content": Decision(text="Go on"),
        "evidence": (FOUND,),
        "state": ItemState.ACCEPTED,
        **changed,
    }
    return Item(**values)


def artifact(*items: Item) -> Artifact:
    return Artifact(
        meeting_id="m",
        revision="r",
        transcript_digest="t",
        extraction_digest="e",
        trace=ExtractorTrace(extractor="test", version="1"),
        items=items,
    )


def rules(*items: Item) -> list[tuple[str, str]]:
    return [(breach.item_id, breach.rule) for breach in breaches(items_frame({"m": artifact(*items)}))]


def test_sound_items_pass() -> None:
    check_items(artifact())
    assert surely_sound(artifact(item()))
    check_items(
        artifact(item(), item(item_id="0123456789abcdef0123-2", state=ItemState.QUARANTINED, failures=(REASON,)))
    )


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"evidence": ()}, "accepted_quotes_something"),
        ({"evidence": (FOUND, LOST)}, "accepted_quotes_found"),
        ({"failures": (REASON,)}, "accepted_without_reasons"),
        ({"state": ItemState.QUARANTINED}, "quarantined_with_reasons"),
        (
            {"evidence": (FOUND.model_copy(update={"spans": ()}),)},
            "found_quotes_have_places",
        ),
        ({"content": Decision(text="  ")}, "headline_readable"),
        ({"confidence": 1.5}, "confidence_is_a_share"),
        ({"item_id": "item 7"}, "id_well_formed"),
    ],
)
def test_each_rule_names_the_item_that_breaks_it(changed: dict[str, Any], rule: str) -> None:
    sound = item(item_id="fedcba98765432100000")
    assert not surely_sound(artifact(sound, item(**changed)))
    broken = rules(sound, item(**changed))
    assert [name for item_id, name in broken if item_id != sound.item_id] == [rule]
    assert all(item_id != sound.item_id for item_id, _ in broken)


def test_a_persons_decision_stands_above_the_reasons() -> None:
    assert rules(item(failures=(REASON,), decided_by="ana")) == []


def test_an_id_that_names_two_items_stops_the_meeting() -> None:
    with pytest.raises(PipelineError, match=r"m break the item table .*id_names_one_item"):
        check_items(artifact(item(), item()))
