"""What we send to HubSpot, held against the types of HubSpot's own SDK, which is generated from its specification.

What belongs here: paths and bodies. What does not: what HubSpot does with them. Needs ``hubspot-sdk`` (Apache-2.0).
"""

from __future__ import annotations

import importlib
import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.stages.draining import drain
from tests.destinations.rig import rig_for
from tests.fakes.vendor_server import Request

sdk = pytest.importorskip("hubspot_sdk", reason="hubspot-sdk is not installed")


PATH_OR_QUERY = (
    "task_id",
    "id_property",
    "idProperty is m",
    "fromObjectType is m",
    "to_object_type is m",
    "toObjectType is m",
)


def sdk_paths() -> set[tuple[str, str]]:
    """Every method and path of the SDK, without its API date."""
    found: set[tuple[str, str]] = set()
    call = re.compile(r'self\._(get|post|put|patch|delete|get_api_list)\(\s*(?:path_template\(\s*)?"([^"]+)"')
    for file in Path(str(sdk.__file__)).parent.joinpath("resources").rglob("*.py"):
        for method, path in call.findall(file.read_text("utf-8")):
            found.add(("GET" if method.startswith("get") else method.upper(), undated(path)))
    return found


def undated(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", re.sub(r"/20\d\d-\d\d/", "/DATE/", path))


def fits(value: Mapping[str, Any], shape: Any, where: str = "") -> list[str]:
    """What is wrong with a body: keys the shape does not have, and required ones that are missing."""
    names: dict[str, str] = {}
    for name, told in typing.get_type_hints(shape, include_extras=True).items():
        hint: Any = told
        while typing.get_origin(hint) is not typing.Annotated and str(typing.get_origin(hint)).endswith("Required"):
            hint = typing.get_args(hint)[0]
        extras = typing.get_args(hint)[1:] if typing.get_origin(hint) is typing.Annotated else ()
        alias = next((extra.alias for extra in extras if getattr(extra, "alias", None)), name)
        names[alias] = name
    required = {key for key, name in names.items() if name in shape.__required_keys__}
    unknown = [f"{where}{key} is unknown" for key in value if key not in names]
    return unknown + [f"{where}{key} is missing" for key in sorted(required - set(value))]


async def requests_of(name: str, folder: Path) -> list[Request]:
    with rig_for(name, folder) as rig:
        for operation in rig.case.operations:
            await rig.plan(operation)
        await rig.deliver()
        await rig.plan("create_task", title="Other words")
        await rig.deliver()
        # Several at once, as a drain sends them.
        for number in range(4):
            await rig.plan("create_task", item=f"more-{number}", due="2099-01-01")
        await drain(rig.equipment, rig.owner)
        return list(rig.fake.seen)


@pytest.mark.parametrize("name", ["hubspot", "hubspot-search"])
async def test_every_path_is_one_of_the_sdk(tmp_path: Path, name: str) -> None:
    known = sdk_paths()
    shapes = [(method, re.compile(re.escape(path).replace(r"\{\}", "[^/]+"))) for method, path in known]
    for request in await requests_of(name, tmp_path):
        path = undated(request.path)
        assert any(m == request.method and shape.fullmatch(path) for m, shape in shapes), (request.method, path)


@pytest.mark.parametrize("name", ["hubspot", "hubspot-search"])
async def test_every_body_has_the_keys_that_the_sdk_sends(tmp_path: Path, name: str) -> None:
    crm: Any = importlib.import_module("hubspot_sdk.types.crm")
    objects: Any = importlib.import_module("hubspot_sdk.types.crm.objects")
    tasks: Any = importlib.import_module("hubspot_sdk.types.crm.objects.tasks")
    associations: Any = importlib.import_module("hubspot_sdk.types.crm.associations")
    shapes: dict[str, Any] = {
        "batch/upsert": tasks.BatchUpsertParams,
        "batch/read": tasks.BatchGetParams,
        "batch/associate/default": associations.BatchCreateDefaultParams,
    }
    checked = 0
    for request in await requests_of(name, tmp_path):
        if "/tasks" not in request.path or request.method not in ("POST", "PATCH") or request.path.endswith("/search"):
            continue
        shape: Any = next((s for end, s in shapes.items() if request.path.endswith(end)), None)
        shape = shape or (objects.TaskUpdateParams if request.method == "PATCH" else objects.TaskCreateParams)
        body = request.json
        problems = [each for each in fits(body, shape) if not each.startswith(PATH_OR_QUERY)]
        rows: list[Any] = body["inputs"] if request.path.endswith("batch/upsert") else []
        problems += [each for row in rows for each in fits(row, crm.SimplePublicObjectBatchInputUpsertParam, "inputs.")]
        assert problems == [], (request.path, problems)
        checked += 1
    assert checked >= 2
