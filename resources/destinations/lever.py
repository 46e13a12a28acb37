"""Lever: an ATS of opportunities with notes and tags.

What belongs here: paths, bodies and error codes of Lever. What does not: deciding what is written. Sources and dates:
docs/destinations/lever.md.

Notes are secret and notify no followers; nothing is scored. Notes cannot be changed through the API.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, Wanted
from resources.destinations.calls import Calls, Told
from resources.destinations.vendor_calls import Found
from resources.destinations.writing import Write, carries, plain
from resources.http.reply import Reply, code_of, fields_of, rows_of

_LISTED = Capability(Rung.PARENT_LIST, note="action items become notes")


class Lever(Calls):
    """``Vendor``. Options: ``perform_as`` (the user notes are attributed to), ``account``. The secret is the API key."""

    vendor = "lever"
    family = Family.ATS

    async def preflight(self) -> Preflight:
        """Whether the key works; Lever tells no account, so its configured name stands for it."""
        await self.ask("GET", "/v1/users", "the account", params={"limit": "1"})
        capabilities = {"create_task": _LISTED, "add_note": _LISTED, "add_tag": Capability(Rung.SET_SEMANTIC)}
        warnings = (
            () if self.options.get("perform_as") else ("Notes are attributed to nobody: set options.perform_as.",)
        )
        return Preflight(f"lever-{self.options.get('account', 'account')}", capabilities, warnings)

    async def find(self, write: Write) -> Sequence[Found]:
        """Notes of the opportunity that carry the marker."""
        found: list[Found] = []
        offset: str | None = None
        while True:
            params = {"limit": "100", **({"offset": offset} if offset else {})}
            told = (await self.ask("GET", f"{self._path(write)}/notes", write.name, params=params)).fields
            for row in rows_of(told, "data"):
                text = " ".join(str(field.get("value") or "") for field in rows_of(row, "fields")) or str(
                    row.get("value") or ""
                )
                if carries(text, write.marker):
                    same = plain(text) == plain(write.as_note)
                    found.append(Found(str(row["id"]), write.text if same else plain(text)))
            offset = told.get("next")
            if not told.get("hasNext") or not offset:
                return found

    async def create(self, write: Write) -> Receipt:
        """A secret note, nobody notified."""
        body = {"value": write.as_note, "secret": True, "notifyFollowers": False}
        path, params = f"{self._path(write)}/notes", self._as_user()
        reply = await self.ask("POST", path, write.name, json=body, params=params, write=True)
        return self.receipt(reply, fields_of(reply.fields, "data").get("id"))

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Delete a note of ours."""
        path = f"{self._path(write)}/notes/{found.record_id}"
        return self.receipt(await self.ask("DELETE", path, write.name, write=True), found.record_id)

    async def closed(self, write: Write) -> bool | None:
        """An archived opportunity: hired, rejected or withdrawn."""
        told = (await self.ask("GET", self._path(write), write.name)).fields
        return fields_of(told, "data").get("archived") is not None

    async def tagged(self, write: Write) -> bool:
        """Whether the opportunity has the tag."""
        told = (await self.ask("GET", self._path(write), write.name)).fields
        return write.tag in rows_of(fields_of(told, "data"), "tags")

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Add or remove; repeating either changes nothing."""
        path = f"{self._path(write)}/{'addTags' if there else 'removeTags'}"
        body, params = {"tags": [write.tag]}, self._as_user()
        return self.receipt(
            await self.ask("POST", path, write.name, json=body, params=params, write=True), write.parent
        )

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Opportunities by a candidate's address; archived ones are closed."""
        found: dict[str, Candidate] = {}
        for email in wanted.emails if wanted.object == "candidate" else ():
            reply = await self.ask("GET", "/v1/opportunities", "the opportunity", params={"email": email})
            for row in rows_of(reply.fields, "data"):
                found[str(row["id"])] = Candidate(
                    str(row["id"]), row.get("name"), closed=row.get("archived") is not None
                )
        return list(found.values())

    def told(self, reply: Reply) -> Told | None:
        """``code`` in the body of a failure."""
        return Told(code=code_of(reply.fields.get("code"))) if reply.status >= 300 else None

    def _path(self, write: Write) -> str:
        return f"/v1/opportunities/{write.parent}"

    def _as_user(self) -> dict[str, str]:
        user = self.options.get("perform_as")
        return {"perform_as": user} if user else {}
