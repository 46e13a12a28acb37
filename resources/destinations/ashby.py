"""Ashby: an ATS whose calls are all POSTs and whose failures come as 200.

What belongs here: paths, bodies and error codes of Ashby. What does not: deciding what is written. Sources and dates:
docs/destinations/ashby.md.

Notes are private and notify nobody. Ashby strips unknown markup, so the marker is plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from resources.destinations.calls import Calls, Told
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, carries, plain, value_text
from resources.http.reply import Reply, code_of, fields_of, rows_of

_LISTED = Capability(Rung.PARENT_LIST, note="action items become notes")
_MISSING = frozenset({"not_found", "candidate_not_found", "note_not_found"})


class Ashby(Calls):
    """``Vendor``. Options: ``account``. The secret is the API key."""

    vendor = "ashby"
    family = Family.ATS

    async def preflight(self) -> Preflight:
        """Whether the key works; Ashby tells no account, so its configured name stands for it."""
        await self._post("/apiKey.info", "the account", {})
        capabilities = {
            "create_task": _LISTED,
            "add_note": _LISTED,
            "set_field": Capability(Rung.SET_SEMANTIC),
            "add_tag": Capability(Rung.SET_SEMANTIC),
        }
        return Preflight(f"ashby-{self.options.get('account', 'organization')}", capabilities)

    async def find(self, write: Write) -> Sequence[Found]:
        """Notes of the candidate that carry the marker."""
        found: list[Found] = []
        cursor: str | None = None
        while True:
            body = {"candidateId": write.parent, **({"cursor": cursor} if cursor else {})}
            told = (await self._post("/candidate.listNotes", write.name, body)).fields
            for row in rows_of(told, "results"):
                text = _text(row.get("content") or row.get("note"))
                if carries(text, write.marker):
                    found.append(Found(str(row["id"]), _comparable(write, text)))
            cursor = told.get("nextCursor")
            if not told.get("moreDataAvailable") or not cursor:
                return found

    async def create(self, write: Write) -> Receipt:
        """A private note, nobody notified."""
        body = {
            "candidateId": write.parent,
            "note": {"type": "text/plain", "value": write.as_note},
            "sendNotifications": False,
            "isPrivate": True,
        }
        reply = await self._post("/candidate.createNote", write.name, body, write=True)
        return self.receipt(reply, fields_of(reply.fields, "results").get("id"))

    async def read(self, write: Write) -> Value:
        """A custom field of the candidate."""
        told = fields_of((await self._post("/candidate.info", write.name, {"id": write.parent})).fields, "results")
        values = {row.get("id"): row.get("value") for row in rows_of(told, "customFields")}
        stamp = told.get("updatedAt")
        changed = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        return Value(value_text(values.get(write.field)), stamp=stamp, modified_at=changed)

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Set one custom field."""
        del known
        body = {"objectType": "Candidate", "objectId": write.parent, "fieldId": write.field, "fieldValue": value}
        return self.receipt(await self._post("/customField.setValue", write.name, body, write=True), write.parent)

    async def tagged(self, write: Write) -> bool:
        """Whether the candidate has the tag."""
        told = fields_of((await self._post("/candidate.info", write.name, {"id": write.parent})).fields, "results")
        return write.tag in {row.get("title") for row in rows_of(told, "tags")}

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Add a tag of the organization; one that it does not have is not invented."""
        if not there:
            return Receipt(write.parent, applied=False)
        rows = rows_of((await self._post("/candidateTag.list", write.name, {})).fields, "results")
        known = {row.get("title"): row.get("id") for row in rows}
        if write.tag not in known:
            raise self.has_no(write, "such tag")
        body = {"candidateId": write.parent, "tagId": known[write.tag]}
        return self.receipt(await self._post("/candidate.addTag", write.name, body, write=True), write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Candidates by address."""
        found: dict[str, Candidate] = {}
        for email in wanted.emails if wanted.object == "candidate" else ():
            reply = await self._post("/candidate.search", "the candidate", {"email": email})
            for row in rows_of(reply.fields, "results"):
                found[str(row["id"])] = Candidate(str(row["id"]), row.get("name"))
        return list(found.values())

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """Custom fields of candidates."""
        rows = rows_of((await self._post("/customField.list", f"the fields of {kind}", {})).fields, "results")
        return [
            RemoteField(
                row["id"],
                row.get("fieldType", "String"),
                row.get("title"),
                tuple(str(option["value"]) for option in rows_of(row, "selectableValues")),
            )
            for row in rows
            if row.get("objectType") == "Candidate"
        ]

    def told(self, reply: Reply) -> Told | None:
        """``success: false`` in an answer of 200."""
        body = reply.fields
        if reply.status >= 300 or body.get("success") is not False:
            return Told(code=code_of(*rows_of(body, "errors"))) if reply.status >= 300 else None
        code = code_of(fields_of(body, "errorInfo").get("code"), *rows_of(body, "errors"))
        if code == "missing_endpoint_permission":
            return Told(FailureClass.DESTINATION_UNAUTHORIZED, code)
        if code in _MISSING:
            return Told(FailureClass.RECORD_NOT_FOUND, code)
        return Told(FailureClass.DESTINATION_REJECTED, code)

    async def _post(self, path: str, what: str, body: dict[str, Any], *, write: bool = False) -> Reply:
        return await self.ask("POST", path, what, json=body, write=write)


def _text(note: Any) -> str:
    return str(fields_of(note).get("value") or "") if isinstance(note, dict) else str(note or "")


def _comparable(write: Write, text: str) -> str:
    """What is compared: the whole note, equal to ours when nobody changed it."""
    return write.text if plain(text) == plain(write.as_note) else plain(text)
