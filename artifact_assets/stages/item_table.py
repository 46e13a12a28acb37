"""The table contract of judged items: items of one or many meetings in one frame, and the schema they keep.

What belongs here: the frame, the schema, and which item broke which rule. What does not: judging claims; this is the
last gate behind the rules, which shows a bug in them before a destination does.

polars is imported when the first table is checked: it costs half a second, more than a meeting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from artifact_assets.domain.artifact import Alignment, Artifact, Item, ItemKind, ItemState, headline
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.contract import TableContract

if TYPE_CHECKING:
    import polars as pl

LONGEST_HEADLINE = 4000
"""No system of record shows a longer title or value; one this long is a passage copied by mistake."""


_ID = re.compile(r"[0-9a-f]{8,64}(-[0-9]+)?")


@dataclass(frozen=True)
class ItemBreach:
    """A rule of the table that one item breaks."""

    meeting_id: str
    item_id: str
    rule: str


def items_frame(artifacts: Mapping[str, Artifact]) -> pl.DataFrame:
    """One row per item: what it is, where it stands, how its quotes were found, who decided on it."""
    rows = [_row(meeting_id, item) for meeting_id, artifact in artifacts.items() for item in artifact.items]
    contract = _contract()
    return contract.frame({name: [row[n] for row in rows] for n, name in enumerate(contract.columns)})


def _row(
    meeting_id: str, item: Item
) -> tuple[str, str, str, str, str, float | None, int, int, int, float | None, int, bool]:
    scores = [evidence.score for evidence in item.evidence]
    return (
        meeting_id,
        item.item_id,
        item.content.kind,
        item.state.value,
        headline(item.content),
        item.confidence,
        len(item.evidence),
        sum(evidence.alignment is not Alignment.NONE for evidence in item.evidence),
        sum(bool(evidence.spans) for evidence in item.evidence),
        min(scores, default=None),
        len(item.failures),
        item.decided_by is not None,
    )


def breaches(frame: pl.DataFrame) -> tuple[ItemBreach, ...]:
    """Every rule broken, attributed to its item."""
    cases = _contract().cases(frame)
    return () if cases is None else _by_item(frame, cases)


def check_items(artifact: Artifact) -> None:
    """Raise PipelineError(internal_error) naming items and rules when an artifact breaks the contract."""
    if surely_sound(artifact):
        return
    found = breaches(items_frame({artifact.meeting_id: artifact}))
    if found:
        named = "; ".join(f"{breach.item_id}: {breach.rule}" for breach in found[:5])
        raise PipelineError(
            FailureClass.INTERNAL_ERROR,
            f"{len(found)} items of {artifact.meeting_id} break the item table ({named}); nothing of it was written.",
        )


def surely_sound(artifact: Artifact) -> bool:
    """Whether no item can break a rule of the contract, by a plain look at it; what is in doubt is left to the table.

    A table costs a millisecond, as much as judging the claims, and nearly every artifact is sound.
    """
    ids = {item.item_id for item in artifact.items}
    return len(ids) == len(artifact.items) and all(map(_is_sound, artifact.items))


def _is_sound(item: Item) -> bool:
    _, item_id, _, state, told, confidence, quotes, found, spans, lowest, failures, decided = _row("", item)
    rules_hold = state != ItemState.ACCEPTED.value or decided or (quotes == found != 0 and failures == 0)
    return (
        _ID.fullmatch(item_id) is not None
        and told.isascii()
        and 1 <= len(told.strip()) <= LONGEST_HEADLINE
        and (confidence is None or 0 <= confidence <= 1)
        and (lowest is None or 0 <= lowest <= 100)
        and found == spans
        and rules_hold
        and (state != ItemState.QUARANTINED.value or failures > 0)
    )


@cache
def _contract() -> TableContract:
    import polars as pl  # noqa: PLC0415 - see the caption

    accepted = pl.col("state") == ItemState.ACCEPTED.value
    open_to_rules = accepted & ~pl.col("decided")
    length = pl.col("headline").str.strip_chars().str.len_chars()
    confidence, score = pl.col("confidence"), pl.col("lowest_score")
    rules = {
        "id_well_formed": pl.col("item_id").str.contains(r"^[0-9a-f]{8,64}(-\d+)?$"),
        "id_names_one_item": pl.struct("meeting_id", "item_id").is_unique(),
        "known_kind": pl.col("kind").is_in([kind.value for kind in ItemKind]),
        "known_state": pl.col("state").is_in([state.value for state in ItemState]),
        "headline_readable": length.is_between(1, LONGEST_HEADLINE),
        "confidence_is_a_share": confidence.is_null() | confidence.is_between(0, 1),
        "score_in_range": score.is_null() | score.is_between(0, 100),
        "accepted_quotes_something": ~open_to_rules | (pl.col("quotes") > 0),
        "accepted_quotes_found": ~open_to_rules | (pl.col("found") == pl.col("quotes")),
        "accepted_without_reasons": ~open_to_rules | (pl.col("failures") == 0),
        "quarantined_with_reasons": (pl.col("state") != ItemState.QUARANTINED.value) | (pl.col("failures") > 0),
        "found_quotes_have_places": pl.col("found") == pl.col("spans"),
    }

    columns = {
        "meeting_id": pl.String,
        "item_id": pl.String,
        "kind": pl.String,
        "state": pl.String,
        "headline": pl.String,
        "confidence": pl.Float64,
        "quotes": pl.Int64,
        "found": pl.Int64,
        "spans": pl.Int64,
        "lowest_score": pl.Float64,
        "failures": pl.Int64,
        "decided": pl.Boolean,
    }
    return TableContract(columns, frozenset({"confidence", "lowest_score"}), rules)


def _by_item(frame: pl.DataFrame, cases: pl.DataFrame) -> tuple[ItemBreach, ...]:
    found: dict[ItemBreach, None] = {}
    for case in cases.iter_rows(named=True):
        if case["index"] is not None:
            row = frame.row(case["index"], named=True)
            found[ItemBreach(str(row["meeting_id"]), str(row["item_id"]), str(case["check"]))] = None
    return tuple(found)
