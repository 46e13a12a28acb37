"""SOQL: asking in pages, and values that cannot end what they stand in.

What belongs here: sending and quoting. What does not: the queries themselves (see ``salesforce``).
"""

from __future__ import annotations

from typing import Any

from resources.destinations.calls import Calls
from resources.http.reply import rows_of


async def queried(calls: Calls, base: str, soql: str, what: str) -> list[Any]:
    """All rows of all pages."""
    reply = await calls.ask("GET", f"{base}/query", what, params={"q": soql})
    rows = rows_of(reply.fields, "records")
    while reply.fields.get("nextRecordsUrl"):
        reply = await calls.ask("GET", str(reply.fields["nextRecordsUrl"]), what)
        rows += rows_of(reply.fields, "records")
    return rows


def quoted(text: str) -> str:
    """A text between quotation marks."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def plain_id(text: str) -> str:
    """A record id, in which nothing can end a quotation or a path."""
    return "".join(letter for letter in text if letter.isalnum())
