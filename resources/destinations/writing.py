"""An intent as an adapter reads it, and what its record will say.

What belongs here: names, texts and the comparison of texts. What does not: any vendor's own words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.domain.refusals import Refusal

_TAG = re.compile(r"<[^>]{0,2000}>")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]{0,63}")
_MARKER = re.compile(r"ref: ma-[0-9a-f]{12}")


@dataclass(frozen=True)
class Write:
    """One write. ``key`` is 64 hex digits: safe in a URL, in a path and in a header.

    ``made`` is the destination's id of the record it made before, where the ledger knows it.
    """

    intent: Intent
    made: str | None = None

    @classmethod
    def of(cls, intent: Intent, prior: Intent | None) -> Self:
        """The write, knowing what it or the confirmed write before it made."""
        made = (prior.receipt or {}).get("record_id") if prior is not None else None
        if intent.operation.startswith("withdraw_"):
            made = intent.payload.get("record_id")
        return cls(intent, made if isinstance(made, str) and _ID.fullmatch(made) else None)

    @property
    def key(self) -> str:
        """The record key."""
        return str(self.payload.get("record_key") or self.intent.record_key)

    @property
    def operation(self) -> str:
        """What is done, or taken back."""
        return self.intent.operation.removeprefix("withdraw_")

    @property
    def payload(self) -> Mapping[str, Any]:
        """What is written."""
        return self.intent.payload

    @property
    def object(self) -> str:
        """The kind of record it lands on, in our words."""
        return str(self.intent.target.get("object"))

    @property
    def parent(self) -> str:
        """The destination's id of that record. Raises Refusal(record_not_found) when it was never resolved."""
        found = self.intent.target.get("id")
        # An id becomes part of a path or a query: nothing that could lead elsewhere passes.
        if not isinstance(found, str) or not _ID.fullmatch(found):
            raise self._nowhere()
        return found

    @property
    def parent_number(self) -> int:
        """The same, for vendors whose ids are numbers."""
        if not self.parent.isdecimal():
            raise self._nowhere()
        return int(self.parent)

    def _nowhere(self) -> Refusal:
        return Refusal(
            FailureClass.RECORD_NOT_FOUND,
            f"Item {self.intent.item_id} of {self.intent.meeting_id} names no {self.object} that {self.intent.destination} "
            "could have, so it was not written.",
        )

    @property
    def marker(self) -> str:
        """The visible mark."""
        return str(self.payload.get("marker"))

    @property
    def title(self) -> str:
        """A task's one line."""
        return str(self.payload.get("title") or "")

    @property
    def body(self) -> str:
        """A task's or note's text: what was said, where it comes from, and the marker on a line of its own."""
        told = self.payload
        lines = [str(told["body"])] if told.get("body") else []
        if told.get("due_text") and not told.get("due"):
            lines.append(f"When: {told['due_text']}")
        if told.get("owner") and not told.get("owner_id"):
            lines.append(f"Owner: {told['owner']}")
        if told.get("quote"):
            lines.append(f"“{told['quote']}”")
        origin = " · ".join(str(told[name]) for name in ("meeting_title", "meeting_id") if told.get(name))
        return "\n".join([*lines, f"From the meeting {origin}" if origin else "", self.marker]).strip()

    @property
    def as_note(self) -> str:
        """A task as a note, for destinations without tasks."""
        if self.operation != "create_task":
            return self.body
        due = f" (due {self.payload['due']})" if self.payload.get("due") else ""
        return f"To do: {self.title}{due}\n{self.body}"

    @property
    def text(self) -> str:
        """Title and body, as compared with what is at the destination."""
        return plain(f"{self.title}\n{self.body}" if self.operation == "create_task" else self.body)

    @property
    def due(self) -> date | None:
        """The day a task is due."""
        told = self.payload.get("due")
        return date.fromisoformat(told) if told else None

    @property
    def as_of(self) -> datetime | None:
        """When the meeting took place, in UTC."""
        told = self.payload.get("as_of")
        try:
            moment = datetime.fromisoformat(told) if isinstance(told, str) else None
        except ValueError:
            return None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None

    @property
    def owner_number(self) -> int | None:
        """The same, for vendors whose users are numbers; a mistake in the directory leaves the task unassigned."""
        return int(self.owner_id) if self.owner_id is not None and self.owner_id.isdecimal() else None

    @property
    def owner_id(self) -> str | None:
        """The destination's user a task is assigned to."""
        told = self.payload.get("owner_id")
        return str(told) if told is not None else None

    @property
    def field(self) -> str:
        """The destination's name of the field."""
        return str(self.payload.get("field"))

    @property
    def tag(self) -> str:
        """The tag."""
        return str(self.payload.get("tag"))

    @property
    def mode(self) -> str:
        """How a field is written: set_if_empty, overwrite_if_unchanged or append."""
        return str(self.payload.get("mode") or "overwrite_if_unchanged")

    @property
    def name(self) -> str:
        """How errors call it: ids only."""
        return f"item {self.intent.item_id} of {self.intent.meeting_id}"


def plain(text: str | None) -> str:
    """A text without markup and with single spaces: what a cleaner or an editor may change without meaning it."""
    return " ".join(html.unescape(_TAG.sub(" ", text or "")).split())


def paragraphs(text: str) -> str:
    """A text as the simplest HTML: every line a paragraph, nothing that a cleaner strips."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line)


def carries(text: str | None, marker: str) -> bool:
    """Whether a text carries the marker as a whole."""
    return marker in _MARKER.findall(plain(text))


def value_text(value: object) -> str | None:
    """A field's value as text, so that 5000, "5000" and "5000.00" compare equal."""
    if value is None or value is False or value == "":
        return None
    if isinstance(value, bool):
        return "true"
    if isinstance(value, int | float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ";".join(sorted(str(each) for each in value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any JSON
    text = str(value)
    return f"{float(text):.6f}".rstrip("0").rstrip(".") if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", text) else text
