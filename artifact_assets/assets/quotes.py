"""Items with their quotes in Dagster's UI, where the configuration allows words there.

What belongs here: the table. What does not: deciding that it may be shown (``quotes_in_ui``): Dagster's event log cannot be
wiped, so words that went into it stay.
"""

from __future__ import annotations

from typing import Any

import dagster as dg

from artifact_assets.domain.artifact import Artifact, Item, headline
from artifact_assets.domain.display import displayed_line, page_text

MOST_ITEMS = 100


def items_table(artifact: Artifact) -> dict[str, Any]:
    """Metadata with one row per item: state, kind, what it is, its first quote and where, and why it is held."""
    rows = [_row(item) for item in artifact.items[:MOST_ITEMS]]
    head = "| state | kind | item | quote | turn | held because |\n|---|---|---|---|---|---|"
    return {"items_table": dg.MetadataValue.md("\n".join([head, *rows]))} if rows else {}


def _row(item: Item) -> str:
    first = item.evidence[0] if item.evidence else None
    cells = (
        item.state.value,
        item.content.kind,
        headline(item.content),
        first.quote if first is not None else "",
        ", ".join(map(str, first.turns)) if first is not None else "",
        ", ".join(dict.fromkeys(failure.code for failure in item.failures)),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    """Words of strangers in a page: neither markup nor a column of their own."""
    return page_text(displayed_line(text)).replace("|", "\\|").replace("`", "'")
