"""What a request's form allows: its fields with their values, and its tags.

What belongs here: reading the JSON schema. What does not: filling it in (see ``clerk``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Form:
    """Names of fields, with allowed values where they are enumerated, and tags."""

    fields: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]


def form_of(body: Mapping[str, Any]) -> Form:
    """The form in a chat request."""
    properties: Mapping[str, Any] = body["response_format"]["json_schema"]["schema"]["properties"]
    fields: dict[str, tuple[str, ...]] = {}
    if "field_updates" in properties:
        items: Mapping[str, Any] = properties["field_updates"]["items"]
        for branch in items.get("anyOf", [items]):
            chosen = branch["properties"]
            values = tuple(chosen["value"].get("enum", ()))
            fields.update({str(name): values for name in chosen["field"]["enum"]})
    tags = properties["tags"]["items"]["properties"]["tag"]["enum"] if "tags" in properties else ()
    return Form(fields, tuple(tags))
