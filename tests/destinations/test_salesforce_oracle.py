"""What we send to and ask of Salesforce, held against the standard objects as jsforce declares them.

What belongs here: objects, fields and types. What does not: what Salesforce does with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.exchange import Wanted
from artifact_assets.stages.draining import drain
from tests.destinations.rig import rig_for
from tests.fakes.vendor_server import Request
from tests.oracles.jsforce import OBJECTS, objects

SCHEMA = objects()
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "DateString": str,
    "BlobString": str,
    "number": (int, float),
    "boolean": bool,
}
CUSTOM = re.compile(r"\w+__c")
SELECT = re.compile(r"SELECT (.+) FROM (\w+)(?: WHERE (.+))?")
COMPARED = re.compile(r"([\w.]+) (?:=|IN) ")
VARIANTS = ["salesforce", "salesforce-ui", "salesforce-list"]


def problems(name: str, body: Mapping[str, Any]) -> list[str]:
    """Fields the object does not have, and values of another type. Fields of our own (``__c``) are not in any schema."""
    found: list[str] = []
    for field, value in body.items():
        if CUSTOM.fullmatch(field):
            continue
        told = SCHEMA[name]["fields"].get(field)
        if told is None:
            found.append(f"{name}.{field} does not exist")
            continue
        kinds = [part.strip() for part in told.split("|")]
        fits = value is None if "null" in kinds and value is None else isinstance(value, TYPES[kinds[0]])
        if not fits or (kinds[0] == "number" and isinstance(value, bool)):
            found.append(f"{name}.{field} is {told}, not {type(value).__name__}")
    return found


def written(request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Object and fields of every record in a request."""
    parts = request.path.split("/")
    if request.path.endswith("/ui-api/records"):
        yield request.json["apiName"], request.json["fields"]
    elif "composite" in parts:
        for record in request.json["records"]:
            yield record["attributes"]["type"], {n: v for n, v in record.items() if n != "attributes"}
    elif request.method in ("POST", "PATCH"):
        yield parts[parts.index("sobjects") + 1], request.json


def asked(soql: str) -> Iterator[tuple[str, str]]:
    """Object and field of every column that a query selects or compares; a parent's field as one of that object."""
    found = SELECT.fullmatch(soql)
    assert found is not None, soql
    columns, name, where = found.groups()
    for column in [*(c.strip() for c in columns.split(",")), *COMPARED.findall(where or "")]:
        parent, _, field = column.rpartition(".")
        yield (SCHEMA[name]["parents"][parent].split(" |")[0] if parent else name), field


async def requests_of(name: str, folder: Path) -> list[Request]:
    with rig_for(name, folder) as rig:
        for operation in rig.case.operations:
            await rig.plan(operation)
        await rig.plan("create_task", item="owned", owner_id="005x", due="2099-01-01")
        await rig.deliver()
        await rig.plan("create_task", title="Other words")
        await rig.deliver()
        for number in range(3):
            await rig.plan("add_note", item=f"more-{number}")
        await drain(rig.equipment, rig.owner)
        for kind in ("contact", "company", "deal"):
            await rig.destination.candidates(Wanted(kind, ("carla@theirs.example.org",), ("theirs.example.org",)))
        return list(rig.fake.seen)


@pytest.mark.parametrize("name", VARIANTS)
async def test_every_field_we_write_is_one_the_object_has_with_a_value_of_its_type(tmp_path: Path, name: str) -> None:
    records = [record for request in await requests_of(name, tmp_path) for record in written(request)]
    assert {kind for kind, _ in records} == {"Task", "Opportunity", "TopicAssignment"}
    assert [problem for kind, body in records for problem in problems(kind, body)] == []


@pytest.mark.parametrize("name", VARIANTS)
async def test_every_field_we_ask_for_is_one_the_object_has(tmp_path: Path, name: str) -> None:
    queries = [r.query["q"] for r in await requests_of(name, tmp_path) if r.path.endswith("/query")]
    columns = {column for soql in queries for column in asked(soql)}
    assert len(columns) > 6
    assert [c for c in columns if not CUSTOM.fullmatch(c[1]) and c[1] not in SCHEMA[c[0]]["fields"]] == []


def test_the_oracle_tells_a_wrong_field_and_a_wrong_type() -> None:
    assert problems("Task", {"Subject": "x", "ActivityDate": None, "Artifact_Record_Key__c": "k"}) == []
    assert problems("Task", {"Title": "x"}) == ["Task.Title does not exist"]
    assert problems("Opportunity", {"Amount": "5000"}) == ["Opportunity.Amount is number | null, not str"]
    assert problems("Task", {"Status": None}) == ["Task.Status is string, not NoneType"]
    assert all(SCHEMA[name]["fields"] for name in OBJECTS)
