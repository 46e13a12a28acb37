"""A scripted stand-in for a language model: it fills in the form by a handful of patterns, and makes mistakes on purpose.

What belongs here: from a chat request to the form's text. What does not: HTTP (see ``server``).

It is no model and says nothing about any. It exists so that the path of recorded answers, the gate over them and the
comparison of several systems run for real where no model can be reached. Its mistakes are those that models make: quotes
in other words, another person's name, a day too late, something nobody said. They depend on words and seed only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evals.standin.form import Form, form_of

_LINE = re.compile(r"^(\d+)\|([^|]*)\|(.*)$")
_DATE = re.compile(r"^Date: \w+, (\d{4}-\d\d-\d\d)", re.MULTILINE)
_PROMISE = re.compile(r"\b(?:I'll|I will|I'm going to|Let me|I can)\b[^.?!]{8,}", re.IGNORECASE)
_DECISION = re.compile(
    r"[^.?!]*\b(?:we agreed|agreed to|let's go with|we(?:'ll| will) go with|decided|it is, then)\b[^.?!]*",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"[^.?!]*\b(?:talk again|meet again|next (?:call|meeting)|speak again|let's (?:meet|talk))\b[^.?!]*", re.IGNORECASE
)
_DUE = re.compile(
    r"\b(?:by |on |until |before )?(today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday)\b", re.IGNORECASE
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REWORDED, MISTAKEN_OWNER, LATE, DROPPED, INVENTED = 0.06, 0.05, 0.05, 0.10, 0.15
"""Shares of items, and of answers for the last one, that go wrong."""


@dataclass(frozen=True)
class Line:
    """One numbered line of the transcript in the request."""

    number: int
    speaker: str
    words: str


def answer(body: Mapping[str, Any]) -> str:
    """What the clerk writes for a chat request: one JSON object in the form that was asked for."""
    form = form_of(body)
    told = [message["content"] for message in body["messages"] if message["role"] == "user"]
    lines = [Line(int(m[1]), m[2], m[3]) for text in told[:1] for row in text.splitlines() if (m := _LINE.match(row))]
    day = _DATE.search(told[0])
    clerk = _Clerk(lines, date.fromisoformat(day[1]) if day else None, str(body.get("seed")), form)
    # Asked to repair its answer it takes care.
    return json.dumps(clerk.fill(careful=len(told) > 1), ensure_ascii=False)


@dataclass(frozen=True)
class _Clerk:
    lines: Sequence[Line]
    day: date | None
    seed: str
    form: Form

    def fill(self, *, careful: bool) -> dict[str, Any]:
        filled: dict[str, Any] = {"action_items": [], "decisions": [], "next_steps": []}
        for line in self.lines:
            for found in _PROMISE.finditer(line.words):
                filled["action_items"].append(self._action(line, found[0].strip()))
            if said := _DECISION.search(line.words):
                filled["decisions"].append({"text": _text(said[0]), "evidence": _quoted(line, said[0])})
            if said := _AGAIN.search(line.words):
                filled["next_steps"].append(
                    {"text": _text(said[0]), **self._due(said[0]), "evidence": _quoted(line, said[0])}
                )
        if self.form.fields:
            filled["field_updates"] = list(self._fields())
        if self.form.tags:
            filled["tags"] = list(self._tags())
        return filled if careful else self._spoilt(filled)

    def _action(self, line: Line, said: str) -> dict[str, Any]:
        return {"text": _text(said), "owner": line.speaker, **self._due(said), "evidence": _quoted(line, said)}

    def _due(self, said: str) -> dict[str, Any]:
        found = _DUE.search(said)
        if found is None or self.day is None:
            return {"due": None, "due_text": found[0] if found else None}
        word = found[1].lower()
        ahead = {"today": 0, "tonight": 0, "tomorrow": 1}.get(word)
        if ahead is None:
            ahead = (_DAYS.index(word) - self.day.weekday()) % 7
        return {"due": (self.day + timedelta(days=ahead)).isoformat(), "due_text": found[0]}

    def _fields(self) -> Iterator[dict[str, Any]]:
        latest: dict[str, dict[str, Any]] = {}
        for line in self.lines:
            said = line.words.lower()
            for name, values in self.form.fields.items():
                word = name.rpartition(".")[2].split("_")[-1]
                value = next((v for v in values if re.search(rf"\b{re.escape(v.replace('_', ' '))}\b", said)), None)
                if value is None and not values and word in said:
                    number = re.search(r"\d[\d,.]*\d|\d", line.words)
                    value = number[0] if number else None
                if value is not None and word in said:
                    latest[name] = {"field": name, "value": value, "evidence": _quoted(line, line.words)}
        yield from latest.values()

    def _tags(self) -> Iterator[dict[str, Any]]:
        for tag in self.form.tags:
            words = tag.lower().replace("-", " ").split()
            line = next((line for line in self.lines if all(w in line.words.lower() for w in words)), None)
            if line is not None:
                yield {"tag": tag, "evidence": _quoted(line, line.words)}

    def _spoilt(self, filled: dict[str, Any]) -> dict[str, Any]:
        for name, items in filled.items():
            filled[name] = [self._mistaken(item) for item in items if self._chance(item, "dropped") >= DROPPED]
        if self.lines and self._chance(self.lines[0].words, "invented") < INVENTED:
            last = self.lines[-1]
            invented = "I'll send everybody the signed contract on the first of the month"
            filled["action_items"].append(
                {"text": _text(invented), "owner": last.speaker, "due": None, "due_text": None}
                | {"evidence": [{"turns": [last.number], "quote": invented}]}
            )
        return filled

    def _mistaken(self, item: dict[str, Any]) -> dict[str, Any]:
        if self._chance(item, "reworded") < REWORDED:
            words = item["evidence"][0]["quote"].split()
            item["evidence"][0]["quote"] = " ".join(["basically", *words[::-1]])
        people = sorted({line.speaker for line in self.lines})
        if item.get("owner") and len(people) > 1 and self._chance(item, "owner") < MISTAKEN_OWNER:
            item["owner"] = next(person for person in people if person != item["owner"])
        if item.get("due") and self._chance(item, "late") < LATE:
            item["due"] = (date.fromisoformat(item["due"]) + timedelta(days=1)).isoformat()
        return item

    def _chance(self, about: Any, what: str) -> float:
        """A number in 0..1 made of the words, the seed and what it decides."""
        told = json.dumps([self.seed, what, about], sort_keys=True, ensure_ascii=False).encode()
        return int.from_bytes(hashlib.sha256(told).digest()[:6], "big") / (1 << 48)


def _text(said: str) -> str:
    plain = re.sub(r"^(?:and|so|well|okay|yes|yeah|then)[, ]+", "", said.strip(" ,;-"), flags=re.IGNORECASE)
    return re.sub(r"^(?:I'll|I will|I'm going to|let me|I can)\s+", "", plain, flags=re.IGNORECASE)[:180] or said[:180]


def _quoted(line: Line, said: str) -> list[dict[str, Any]]:
    return [{"turns": [line.number], "quote": " ".join(said.split()[:38])}]
