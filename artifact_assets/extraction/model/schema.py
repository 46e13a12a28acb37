"""The form a model has to fill in, as a strict JSON schema.

What belongs here: the form made from the domain's types, and the configured fields and tags put into it. What does not:
reading a filled-in form (see ``answer``).

The fixed part is committed as ``schema.json`` and sent as it stands there; a test keeps it equal to the domain's types.
Only what hosted strict modes accept is used: every property required, no others allowed, no ``$ref``, no formats. Lengths
are left out unless asked for, because some providers refuse them.
"""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from artifact_assets.domain.artifact import ActionItem, Decision, Evidence, NextStep
from artifact_assets.domain.brief import FieldRule, FieldType, TagRule, Vocabulary
from artifact_assets.domain.documents import Document

SCHEMA_NAME = "meeting_outcome"
SCHEMA_FILE = Path(__file__).with_name("schema.json")
MAX_QUOTES = 4
MAX_TURNS = 8
MAX_TEXT = 200
MAX_QUOTE = 250

Schema = dict[str, Any]


def generated() -> Schema:
    """The fixed part, from the domain's types."""
    return _object(
        {
            "action_items": _list(_claim(ActionItem)),
            "decisions": _list(_claim(Decision)),
            "next_steps": _list(_claim(NextStep)),
        }
    )


def schema_for(vocabulary: Vocabulary, *, most_items: int | None = None) -> Schema:
    """The form for one configuration; not to be changed. A model cannot name what is not configured: it is not in it."""
    return _form(vocabulary.model_dump_json(), most_items)


# A process has one configuration, and making its form costs as much as reading a transcript.
@lru_cache(maxsize=8)
def _form(configured: str, most_items: int | None) -> Schema:
    vocabulary = Vocabulary.model_validate_json(configured)
    schema: Schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    if vocabulary.fields:
        _add(schema, "field_updates", _list(_field_update(vocabulary.fields)))
    if vocabulary.tags:
        _add(schema, "tags", _list(_tag(vocabulary.tags)))
    return schema if most_items is None else _limited(schema, most_items)


def _claim(content: type[Document]) -> Schema:
    properties = {
        name: _plain(schema)
        for name, schema in content.model_json_schema()["properties"].items()
        # The list an item stands in tells its kind.
        if name != "kind"
    }
    return _object({**properties, "evidence": _evidence()})


def _evidence() -> Schema:
    properties = Evidence.model_json_schema()["properties"]
    return _list(_object({name: _plain(properties[name]) for name in ("turns", "quote")}))


def _field_update(fields: tuple[FieldRule, ...]) -> Schema:
    """One branch per enumerated field with its values, one for all others."""
    chosen = [
        _object({"field": _one_of([rule.name]), "value": _one_of(list(rule.values)), "evidence": _evidence()})
        for rule in fields
        if rule.type is FieldType.ENUM
    ]
    spoken = [rule.name for rule in fields if rule.type is not FieldType.ENUM]
    if spoken:
        chosen.append(_object({"field": _one_of(spoken), "value": {"type": "string"}, "evidence": _evidence()}))
    return chosen[0] if len(chosen) == 1 else {"anyOf": chosen}


def _tag(tags: tuple[TagRule, ...]) -> Schema:
    return _object({"tag": _one_of([rule.name for rule in tags]), "evidence": _evidence()})


def _plain(schema: Schema) -> Schema:
    """A property of a pydantic schema without titles, defaults and formats."""
    if "anyOf" in schema:
        return {"type": [branch["type"] for branch in schema["anyOf"]]}
    if schema["type"] == "array":
        return _list(_plain(schema["items"]))
    return {"type": schema["type"]}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(values: list[str]) -> Schema:
    return {"type": "string", "enum": values}


def _add(schema: Schema, name: str, value: Schema) -> None:
    schema["properties"][name] = value
    schema["required"].append(name)


def _limited(schema: Schema, most_items: int) -> Schema:
    """The form with lengths, for servers that hold a model to them."""
    limited = copy.deepcopy(schema)
    for items in limited["properties"].values():
        items["maxItems"] = most_items
        for form in items["items"].get("anyOf", [items["items"]]):
            _limit_form(form["properties"])
    return limited


def _limit_form(properties: Schema) -> None:
    for name, value in properties.items():
        if name == "evidence":
            value["maxItems"] = MAX_QUOTES
            value["items"]["properties"]["turns"]["maxItems"] = MAX_TURNS
            value["items"]["properties"]["quote"]["maxLength"] = MAX_QUOTE
        elif "enum" not in value:
            value["maxLength"] = MAX_TEXT
