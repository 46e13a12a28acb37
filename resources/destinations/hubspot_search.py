"""HubSpot's search: finding records by what is in them.

What belongs here: search bodies, and the direct read that stands in where an id is known, because the search lags.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artifact_assets.domain.exchange import Candidate, Wanted
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.calls import Calls
from resources.destinations.writing import Write, carries
from resources.http.reply import fields_of, rows_of

_NAMES = {"contact": ("contacts", "email"), "company": ("companies", "name"), "deal": ("deals", "dealname")}


async def marked(calls: Calls, path: str, properties: list[str], write: Write) -> list[Any]:
    """Rows whose text carries the marker."""
    token = write.marker.rpartition(" ")[2]
    rows = await _search(calls, f"{path}/search", [(properties[-1], "CONTAINS_TOKEN", token)], properties, write.name)
    return [row for row in rows if carries(fields_of(row, "properties").get(properties[-1]), write.marker)]


async def known(calls: Calls, path: str, properties: list[str], write: Write) -> list[Any]:
    """The row the ledger knows the id of, read at once; none when it was deleted."""
    params = {"properties": ",".join(properties)}
    try:
        return [(await calls.ask("GET", f"{path}/{write.made}", write.name, params=params)).fields]
    except Refusal as error:
        if error.failure_class is FailureClass.RECORD_NOT_FOUND:
            return []
        raise


async def candidates_for(calls: Calls, objects: str, wanted: Wanted) -> Sequence[Candidate]:
    """Contacts by address, companies by domain; deals of the companies found, open ones first."""
    what = f"the {wanted.object}"
    if wanted.object == "contact" and wanted.emails:
        found = await _search(
            calls, f"{objects}/contacts/search", [("email", "IN", list(wanted.emails))], ["email"], what
        )
        return [_candidate("contact", row) for row in found]
    if wanted.object not in ("company", "deal") or not wanted.domains:
        return []
    filters = [("domain", "IN", list(wanted.domains))]
    companies = await _search(calls, f"{objects}/companies/search", filters, ["name", "domain"], what)
    if wanted.object == "company":
        return [_candidate("company", row) for row in companies]
    deals = list[Any]()
    for company in companies:
        filters = [("associations.company", "EQ", str(company["id"]))]
        path = f"{objects}/deals/search"
        deals += await _search(calls, path, filters, ["dealname", "hs_is_closed"], what)
    return [_candidate("deal", row) for row in deals]


async def _search(
    calls: Calls, path: str, filters: Sequence[tuple[str, str, Any]], properties: list[str], what: str
) -> list[Any]:
    told: list[Any] = [
        {"propertyName": name, "operator": operator, ("values" if isinstance(value, list) else "value"): value}
        for name, operator, value in filters
    ]
    body: Any = {"filterGroups": [{"filters": told}], "properties": properties, "limit": 20}
    return rows_of((await calls.ask("POST", path, what, json=body)).json, "results")


def _candidate(kind: str, row: Any) -> Candidate:
    told = fields_of(row, "properties")
    return Candidate(str(row["id"]), told.get(_NAMES[kind][1]), closed=told.get("hs_is_closed") == "true")
