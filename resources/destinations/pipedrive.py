"""Pipedrive: v2 activities and records, v1 notes.

What belongs here: paths, bodies and error codes of Pipedrive. What does not: deciding what is written. Sources and dates:
docs/destinations/pipedrive.md.

There is no key of any sort; activities and notes are found again by the marker in their text, in the list of their own
deal, person or organization, which shows a write as soon as it is made. The item search is an index and is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from resources.destinations.calls import Calls, Told, number
from resources.destinations.terms import Terms
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, carries, paragraphs, plain, value_text
from resources.http.reply import Reply, code_of, fields_of, rows_of

PATHS = {"deal": "deals", "contact": "persons", "company": "organizations"}
PARENTS = {"deal": "deal_id", "contact": "person_id", "company": "org_id"}
_LISTED = Capability(Rung.PARENT_LIST)
_STANDARD = frozenset(
    {"title", "name", "value", "currency", "status", "expected_close_date", "probability", "stage_id"}
)


class Pipedrive(Calls):
    """``Vendor``. The secret is an API token."""

    vendor = "pipedrive"
    family = Family.CRM

    async def preflight(self) -> Preflight:
        """The company behind the token."""
        told = fields_of((await self.ask("GET", "/v1/users/me", "the account")).fields, "data")
        capabilities = {
            "create_task": _LISTED,
            "add_note": _LISTED,
            "set_field": Capability(Rung.SET_SEMANTIC),
            "add_tag": Capability(Rung.SET_SEMANTIC),
        }
        return Preflight(f"pipedrive-{told.get('company_id')}", capabilities)

    async def find(self, write: Write) -> Sequence[Found]:
        """Activities or notes of the record that carry the marker."""
        found: list[Found] = []
        for row in await self._listed(write):
            text = str(row.get("note" if write.operation == "create_task" else "content") or "")
            if carries(text, write.marker):
                subject = f"{row.get('subject') or ''} " if write.operation == "create_task" else ""
                terms = _terms(row) if write.operation == "create_task" else None
                found.append(Found(str(row["id"]), plain(subject + text), terms=terms))
        return found

    async def create(self, write: Write) -> Receipt:
        """An activity of type task, or a note."""
        path, body = self._content(write)
        body[self.word(write, PARENTS)] = write.parent_number
        reply = await self.ask("POST", path, write.name, json=body, write=True)
        return self.receipt(reply, fields_of(reply.fields, "data").get("id"))

    async def update(self, write: Write, found: Found) -> Receipt:
        """Write title, text, day and owner of one of ours."""
        path, body = self._content(write)
        if found.terms is not None and (owner := found.terms.back_to_maker(write)):
            body["owner_id"] = int(owner)
        if found.terms is not None and found.terms.due and not write.due:
            # Whether a day may be taken away is not documented; a refusal is seen, a day that stays would not be.
            body["due_date"] = None
        method = "PATCH" if write.operation == "create_task" else "PUT"
        reply = await self.ask(method, f"{path}/{found.record_id}", write.name, json=body, write=True)
        return self.receipt(reply, found.record_id)

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Delete one of ours."""
        path = f"{self._content(write)[0]}/{found.record_id}"
        return self.receipt(await self.ask("DELETE", path, write.name, write=True), found.record_id)

    async def read(self, write: Write) -> Value:
        """The field; Pipedrive tells when the record changed, not which field."""
        told = await self._record(write)
        raw = told.get(write.field) if write.field in _STANDARD else fields_of(told, "custom_fields").get(write.field)
        stamp = told.get("update_time")
        changed = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        return Value(value_text(raw), stamp=stamp, modified_at=changed, closed=_is_closed(write, told))

    async def closed(self, write: Write) -> bool | None:
        """Deals close, won or lost."""
        return write.object == "deal" and _is_closed(write, await self._record(write))

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write one field. Pipedrive takes no precondition: between reading and writing remains a moment."""
        del known
        body: dict[str, Any] = (
            {write.field: value} if write.field in _STANDARD else {"custom_fields": {write.field: value}}
        )
        if write.field == "value" and value is not None:
            body = {"value": float(value)}
        reply = await self.ask("PATCH", self._path(write), write.name, json=body, write=True)
        return self.receipt(reply, write.parent, stamp=fields_of(reply.fields, "data").get("update_time"))

    async def tagged(self, write: Write) -> bool:
        """Whether the record has the label; tags are mapped to label ids."""
        return write.tag in {str(label) for label in rows_of(await self._record(write), "label_ids")}

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Add or remove one label: read, merge, write whole."""
        labels = {str(label) for label in rows_of(await self._record(write), "label_ids")}
        wanted = labels | {write.tag} if there else labels - {write.tag}
        if not all(label.isdigit() for label in wanted):
            raise self.has_no(write, "label of that name; map the tag to its label id")
        body = {"label_ids": sorted(int(label) for label in wanted)}
        reply = await self.ask("PATCH", self._path(write), write.name, json=body, write=True)
        return self.receipt(reply, write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Persons by address; open deals of those persons."""
        persons: dict[str, Candidate] = {}
        for email in wanted.emails:
            params = {"term": email, "fields": "email", "exact_match": "true"}
            reply = await self.ask("GET", "/api/v2/persons/search", "the person", params=params)
            for row in rows_of(fields_of(reply.fields, "data"), "items"):
                item = fields_of(row, "item")
                persons[str(item["id"])] = Candidate(str(item["id"]), item.get("name"))
        if wanted.object != "deal":
            return list(persons.values()) if wanted.object == "contact" else []
        deals: dict[str, Candidate] = {}
        for person in persons:
            reply = await self.ask("GET", "/api/v2/deals", "the deals", params={"person_id": person, "limit": "100"})
            for row in rows_of(reply.fields, "data"):
                deals[str(row["id"])] = Candidate(str(row["id"]), row.get("title"), closed=row.get("status") != "open")
        return list(deals.values())

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """The fields of an object."""
        path = {"deal": "dealFields", "contact": "personFields", "company": "organizationFields"}.get(kind, kind)
        reply = await self.ask("GET", f"/v1/{path}", f"the fields of {kind}")
        return [
            RemoteField(
                row["key"],
                row.get("field_type", "varchar"),
                row.get("name"),
                tuple(str(option.get("id")) for option in rows_of(row, "options")),
                writable=row.get("edit_flag", True) is not False,
            )
            for row in rows_of(reply.fields, "data")
        ]

    def told(self, reply: Reply) -> Told | None:
        """``success: false`` and ``code``; an exhausted daily budget is told by a header."""
        body = reply.fields
        if reply.status == 429 and number(reply.headers.get("x-daily-requests-left")) == 0:
            return Told(FailureClass.DESTINATION_QUOTA, "daily_budget")
        if reply.status < 300:
            return (
                Told(FailureClass.DESTINATION_REJECTED, code_of(body.get("code")))
                if body.get("success") is False
                else None
            )
        return Told(code=code_of(body.get("code")))

    def _content(self, write: Write) -> tuple[str, dict[str, Any]]:
        if write.operation == "add_note":
            return "/v1/notes", {"content": paragraphs(write.body)}
        body: dict[str, Any] = {"subject": write.title, "type": "task", "note": paragraphs(write.body)}
        if write.due:
            body["due_date"] = write.due.isoformat()
        if write.owner_number:
            body["owner_id"] = write.owner_number
        return "/api/v2/activities", body

    async def _listed(self, write: Write) -> list[Any]:
        path = "/api/v2/activities" if write.operation == "create_task" else "/v1/notes"
        rows: list[Any] = []
        page: dict[str, str] = {}
        while True:
            params = {self.word(write, PARENTS): write.parent, "limit": "100", **page}
            told = (await self.ask("GET", path, write.name, params=params)).fields
            rows += rows_of(told, "data")
            more = fields_of(told, "additional_data")
            if more.get("next_cursor"):
                page = {"cursor": str(more["next_cursor"])}
            elif fields_of(more, "pagination").get("more_items_in_collection"):
                page = {"start": str(fields_of(more, "pagination").get("next_start"))}
            else:
                return rows

    def _path(self, write: Write) -> str:
        return f"/api/v2/{self.word(write, PATHS)}/{write.parent}"

    async def _record(self, write: Write) -> dict[str, Any]:
        return fields_of((await self.ask("GET", self._path(write), write.name)).fields, "data")


def _terms(row: dict[str, Any]) -> Terms:
    owner, maker = (str(row[name]) if row.get(name) else None for name in ("owner_id", "creator_user_id"))
    return Terms(row.get("due_date") or None, owner, maker, numbered=True)


def _is_closed(write: Write, told: dict[str, Any]) -> bool:
    return write.object == "deal" and told.get("status") in ("won", "lost")
