"""``docs/configuration.md``: every key of the configuration file and every environment variable.

What belongs here: laying out what the models say of themselves. What does not: the keys (see ``configuration.schema``) and
the variables (see ``configuration.variables``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.variables import VARIABLES
from artifact_assets.reference.markdown import code, page, prose, table
from artifact_assets.reference.meanings import MEANINGS

Schema = Mapping[str, Any]

_BOUNDS = {"minimum": "at least", "exclusiveMinimum": "over", "maximum": "at most", "exclusiveMaximum": "under"}

INTRODUCTION = """Where things are, and every secret, comes from environment variables; what governs behaviour comes from a YAML
file that `ARTIFACTS_CONFIG` names. An absent file and an empty one both mean the defaults below, which are the safe choices. A
key that is not listed here is refused with its name before anything starts, and `python -m artifact_assets doctor` says what is
wrong. The file is read once per run; a running run keeps what it read.

A working example with tags and fields is [`examples/artifacts.yaml`](../examples/artifacts.yaml)."""


def configuration_page() -> str:
    """The whole page."""
    whole = Configuration.model_json_schema()
    definitions: Schema = whole.get("$defs", {})
    sections = [_section(name, definitions, used) for name, used in _places(whole, definitions).items() if used]
    return page(
        "# Configuration",
        INTRODUCTION,
        "## Environment variables",
        table(("variable", "default", "meaning"), ((f"`{v.name}`", code(v.default), v.meaning) for v in VARIABLES)),
        "## The file",
        _keys(whole, definitions),
        *sections,
    )


def _places(whole: Schema, definitions: Schema) -> dict[str, list[str]]:
    """Sections in the order they are met, each with the paths where it is used."""
    places: dict[str, list[str]] = {}

    def visit(schema: Schema, path: str) -> None:
        for key, value in schema.get("properties", {}).items():
            here = f"{path}.{key}" if path else key
            for name in _references(value):
                if "properties" not in definitions[name]:
                    continue
                place = f"{here}.NAME" if value.get("type") == "object" else here
                places.setdefault(name, []).append(place)
                visit(definitions[name], place)

    visit(whole, "")
    return places


def _section(name: str, definitions: Schema, used: list[str]) -> str:
    schema, where = definitions[name], ", ".join(code(path) for path in used)
    keys = _keys(schema, definitions, name)
    return f"### {name}\n\n{prose(schema.get('description', ''))}\n\nUsed at {where}.\n\n{keys}"


def keys_without_meaning() -> list[str]:
    """Keys, as SECTION.KEY, that neither their model, nor what stands there, nor ``meanings`` explains."""
    whole = Configuration.model_json_schema()
    definitions: Schema = whole.get("$defs", {})
    sections = {"Configuration": whole, **{name: definitions[name] for name in _places(whole, definitions)}}
    return [
        f"{name}.{key}"
        for name, schema in sections.items()
        for key, value in schema["properties"].items()
        if not (_meaning(value, definitions) or f"{name}.{key}" in MEANINGS)
    ]


def needless_meanings() -> list[str]:
    """Entries of ``meanings`` whose key is gone or explains itself by now."""
    definitions: Schema = Configuration.model_json_schema().get("$defs", {})
    needless: list[str] = []
    for entry in MEANINGS:
        name, _, key = entry.partition(".")
        value = definitions.get(name, {}).get("properties", {}).get(key)
        if value is None or _meaning(value, definitions):
            needless.append(entry)
    return needless


def _keys(schema: Schema, definitions: Schema, section: str = "") -> str:
    required = set(schema.get("required", ()))
    return table(
        ("key", "value", "default", "meaning"),
        (
            (
                f"`{key}`",
                _kind(value, definitions),
                "required" if key in required else _default(value, definitions),
                prose(_meaning(value, definitions) or MEANINGS.get(f"{section}.{key}", "")),
            )
            for key, value in schema.get("properties", {}).items()
        ),
    )


def _meaning(value: Schema, definitions: Schema) -> str:
    """What the key says of itself, else the first sentence of what stands there."""
    told = str(value.get("description", ""))
    name = next(_references(value), None)
    if told or name is None:
        return told
    paragraph = str(definitions[name].get("description", "")).partition("\n\n")[0]
    sentence = " ".join(paragraph.split()).partition(". ")[0].rstrip(".")
    return f"{sentence}." if sentence else ""


def _kind(value: Schema, definitions: Schema) -> str:
    """What may stand there, in words: the type with its bounds, or a link to its section."""
    match value:
        case {"$ref": _}:
            name = str(value["$ref"]).rsplit("/", 1)[-1]
            named = definitions[name]
            told = f"[{name}](#{name.lower()})" if "properties" in named else _kind(named, definitions)
        case {"anyOf": _} | {"oneOf": _}:
            choices: list[Schema] = value.get("anyOf") or value["oneOf"]
            told = " or ".join(dict.fromkeys(_kind(each, definitions) for each in choices))
        case {"enum": _}:
            told = ", ".join(f"`{each}`" for each in value["enum"])
        case {"const": _}:
            told = f"`{value['const']}`"
        case {"type": "array"}:
            told = f"list of {_kind(value.get('items', {}), definitions)}"
        case {"type": "object", "additionalProperties": dict()}:
            told = f"names, each with {_kind(value['additionalProperties'], definitions)}"
        case _:
            kind = str(value.get("type", "anything"))
            bounds = [f"{sign} {value[bound]:.15g}" for bound, sign in _BOUNDS.items() if bound in value]
            told = ", ".join([{"null": "nothing", "object": "mapping"}.get(kind, kind), *bounds])
    return told


def _default(value: Schema, definitions: Schema) -> str:
    """The default as YAML. Of a section's, what differs from the section's own defaults."""
    default = _different(value.get("default"), value, definitions)
    if default is None or default in ([], {}, ""):
        return ""
    return code(
        yaml.safe_dump(default, default_flow_style=True, sort_keys=False, width=10_000).removesuffix("...\n").strip()
    )


def _different(default: Any, value: Schema, definitions: Schema) -> Any:
    if "$ref" not in value or not isinstance(default, Mapping):
        return default
    own: Schema = definitions[value["$ref"].rsplit("/", 1)[-1]].get("properties", {})
    told: dict[str, Any] = {}
    for key, part in cast("Schema", default).items():
        if key in own and part != own[key].get("default"):
            told[key] = _different(part, own[key], definitions)
    return told


def _references(value: Schema) -> Iterator[str]:
    if "$ref" in value:
        yield value["$ref"].rsplit("/", 1)[-1]
    for several in ("anyOf", "oneOf", "allOf"):
        for each in value.get(several, ()):
            yield from _references(each)
    for single in ("items", "additionalProperties"):
        inner = value.get(single)
        if isinstance(inner, Mapping):
            yield from _references(cast("Schema", inner))
