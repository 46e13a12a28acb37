"""A mapping against the destination's own schema, before a meeting finds out.

What belongs here: what is wrong with a mapping, and a first draft of one. What does not: writing files.
"""

from __future__ import annotations

from dataclasses import dataclass

from artifact_assets.domain.capabilities import UNSUPPORTED, Family
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import RemoteField
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.mapping import DestinationMapping, MappedField
from artifact_assets.stages.equipment import Equipment

OBJECTS = {Family.CRM: ("deal", "contact", "company"), Family.ATS: ("candidate",)}


@dataclass(frozen=True)
class Problem:
    """Something that would be refused, where it stands and what to do."""

    place: str
    says: str
    remedy: str


async def problems(equipment: Equipment) -> list[Problem]:
    """Everything wrong with every mapping. A destination that cannot be asked is one problem of its own."""
    found: list[Problem] = []
    for name, destination in equipment.destinations.items():
        if destination.family is Family.EMBEDDED:
            continue
        mapping = equipment.configuration.mapping.get(name, DestinationMapping())
        try:
            found += await _of(equipment, destination, mapping)
        except PipelineError as error:
            found.append(Problem(f"destinations.{name}", error.cause, error.remedy))
    return found


async def _of(equipment: Equipment, destination: Destination, mapping: DestinationMapping) -> list[Problem]:
    known = {rule.name: rule for rule in equipment.configuration.fields}
    place = f"mapping.{destination.name}.fields"
    found: list[Problem] = []
    if mapping.fields and (await destination.capability("set_field")) is UNSUPPORTED:
        return [Problem(place, f"{destination.vendor} has no fields that may be written", "Remove them.")]
    schemas: dict[str, dict[str, RemoteField]] = {}
    for ours, mapped in mapping.fields.items():
        kind = ours.partition(".")[0]
        if ours not in known:
            found.append(Problem(f"{place}.{ours}", "is no field of the configuration", "Add it to `fields:` first."))
        if kind not in schemas:
            schemas[kind] = {field.name: field for field in await destination.fields(kind)}
        if schemas[kind]:
            found += _against(f"{place}.{ours}", mapped, schemas[kind])
    return found


def _against(place: str, mapped: MappedField, schema: dict[str, RemoteField]) -> list[Problem]:
    remote = schema.get(mapped.field)
    if remote is None:
        near = ", ".join(sorted(name for name in schema if name[:3] == mapped.field[:3])[:5])
        return [Problem(place, f"the destination has no field {mapped.field}", f"Names like it: {near or 'none'}.")]
    if not remote.writable:
        return [Problem(place, f"{mapped.field} is read-only there", "Map another field.")]
    unknown = sorted(set(mapped.values.values()) - set(remote.options)) if remote.options else []
    if unknown:
        listed = ", ".join(remote.options[:10])
        return [Problem(place, f"{', '.join(unknown)} are no options of {mapped.field}", f"It takes: {listed}.")]
    return []


async def drafted(equipment: Equipment, name: str) -> str:
    """YAML for ``mapping:``, every field of the configuration with the destination's fields beside it as comments."""
    destination = equipment.destinations.get(name)
    if destination is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"No destination is called {name!r}.", "Add it to `destinations:` first."
        )
    lines = ["mapping:", f"  {name}:", "    create_task: auto   # auto, review or never", "    add_note: auto"]
    lines += ["    add_tag: review", "    fields:"]
    for kind in OBJECTS.get(destination.family, ()):
        remote = await destination.fields(kind)
        rules = [rule for rule in equipment.configuration.fields if rule.object == kind]
        for rule in rules:
            same = next(
                (
                    f.name
                    for f in remote
                    if f.name.lower() == rule.field.replace("_", "").lower() or f.name == rule.field
                ),
                None,
            )
            sign = "" if same else "# "
            lines.append(
                f"      {sign}{rule.name}: {{field: {same or 'CHOOSE'}, mode: overwrite_if_unchanged, approval: review}}"
            )
        writable = [field for field in remote if field.writable]
        lines += [f"      # {kind}: {field.name} ({field.type}){_options(field)}" for field in writable[:80]]
    return "\n".join(lines)


def _options(field: RemoteField) -> str:
    return f" one of {', '.join(field.options[:8])}" if field.options else ""
