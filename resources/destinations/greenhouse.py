"""Greenhouse Harvest v3. Versions 1 and 2 are gone since 2026-08-31.

What belongs here: paths, bodies and error codes of Greenhouse. What does not: deciding what is written. Sources and dates:
docs/destinations/greenhouse.md.

Notes are visible to the candidate's admins only. There are no tasks, and no call that changes a candidate's note.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from artifact_assets.domain.capabilities import Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Candidate, RemoteField, Wanted
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.calls import Calls, Told
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write, carries, plain, value_text
from resources.http.client import Credentials, HttpClient
from resources.http.reply import Reply, code_of, fields_of, rows_of

TOKENS = "https://auth.greenhouse.io"
_LISTED = Capability(Rung.PARENT_LIST, note="action items become notes")


class Greenhouse(Calls):
    """``Vendor``. Options: ``user_id`` (whom notes are attributed to), ``auth_url``, ``account``.

    The secret is ``client id:client secret`` of a Harvest v3 credential.
    """

    vendor = "greenhouse"
    family = Family.ATS

    async def preflight(self) -> Preflight:
        """Whether the credential works; its configured name stands for the account."""
        await self.ask("GET", "/v3/candidate_tags", "the account", params={"per_page": "1"})
        capabilities = {
            "create_task": _LISTED,
            "add_note": _LISTED,
            "set_field": Capability(Rung.SET_SEMANTIC),
            "add_tag": Capability(Rung.PARENT_LIST),
        }
        return Preflight(f"greenhouse-{self.options.get('account', 'organization')}", capabilities)

    async def find(self, write: Write) -> Sequence[Found]:
        """Notes of the candidate that carry the marker."""
        rows = await self._pages("/v3/notes", {"candidate_ids": write.parent}, write.name)
        found: list[Found] = []
        for row in rows:
            text = str(row.get("body") or "")
            if carries(text, write.marker):
                same = plain(text) == plain(write.as_note)
                found.append(Found(str(row["id"]), write.text if same else plain(text)))
        return found

    async def create(self, write: Write) -> Receipt:
        """A note for the candidate's admins."""
        body: dict[str, Any] = {
            "candidate_id": write.parent_number,
            "body": write.as_note,
            "visibility": "admin_only",
            "note_type": "NOTE",
        }
        if self.options.get("user_id"):
            body["user_id"] = int(self.options["user_id"])
        reply = await self.ask("POST", "/v3/notes", write.name, json=body, write=True)
        return self.receipt(reply, reply.fields.get("id"))

    async def read(self, write: Write) -> Value:
        """A custom field of the candidate."""
        told = (await self.ask("GET", f"/v3/candidates/{write.parent}", write.name)).fields
        value = fields_of(told, "custom_fields").get(write.field)
        stamp = told.get("updated_at")
        changed = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        return Value(value_text(value), stamp=stamp, modified_at=changed)

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Write one custom field; the others are left alone because they are not sent."""
        del known
        body = {"custom_fields": [{"name_key": write.field, "value": value}]}
        reply = await self.ask("PATCH", f"/v3/candidates/{write.parent}", write.name, json=body, write=True)
        return self.receipt(reply, write.parent, stamp=reply.fields.get("updated_at"))

    async def tagged(self, write: Write) -> bool:
        """Whether the tag is applied."""
        return bool(await self._applied(write))

    async def tag(self, write: Write, *, there: bool) -> Receipt:
        """Apply a tag that exists, or take it off. What applying twice does is not documented, so it is listed first."""
        if not there:
            path = f"/v3/applied_candidate_tags/{(await self._applied(write))[0]}"
            return self.receipt(await self.ask("DELETE", path, write.name, write=True), write.parent)
        body = {"candidate_id": write.parent_number, "candidate_tag_id": await self._tag_id(write)}
        reply = await self.ask("POST", "/v3/applied_candidate_tags", write.name, json=body, write=True)
        return self.receipt(reply, write.parent)

    async def candidates(self, wanted: Wanted) -> Sequence[Candidate]:
        """Candidates by address."""
        found: dict[str, Candidate] = {}
        for email in wanted.emails if wanted.object == "candidate" else ():
            for row in await self._pages("/v3/candidates", {"email": email}, "the candidate"):
                found[str(row["id"])] = Candidate(str(row["id"]), row.get("last_name"))
        return list(found.values())

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """Custom fields of candidates."""
        rows = await self._pages("/v3/custom_fields", {"field_type": kind}, f"the fields of {kind}")
        return [RemoteField(row["name_key"], row.get("value_type", "short_text"), row.get("name")) for row in rows]

    def told(self, reply: Reply) -> Told | None:
        """``message`` is a sentence; only the fields named are told."""
        if reply.status < 300:
            return None
        errors = rows_of(reply.fields, "errors")
        return Told(code=code_of(fields_of(errors[0]).get("field")) if errors else None)

    async def _pages(self, path: str, params: Mapping[str, str], what: str) -> list[Any]:
        """All rows; a cursor must be the only parameter of its request."""
        rows: list[Any] = []
        wanted: Mapping[str, str] = {**params, "per_page": "100"}
        while True:
            reply = await self.ask("GET", path, what, params=wanted)
            rows += rows_of(reply.json) or rows_of(reply.json, "data")
            cursor = reply.headers.get("x-next-cursor")
            if not cursor:
                return rows
            wanted = {"cursor": cursor}

    async def _tag_id(self, write: Write) -> int:
        for row in await self._pages("/v3/candidate_tags", {}, write.name):
            if row.get("name") == write.tag:
                return int(row["id"])
        raise self.has_no(write, "such tag")

    async def _applied(self, write: Write) -> list[str]:
        try:
            tag = await self._tag_id(write)
        except Refusal as error:
            if error.code == "unsupported":
                return []
            raise
        rows = await self._pages("/v3/applied_candidate_tags", {"candidate_ids": write.parent}, write.name)
        return [str(row["id"]) for row in rows if row.get("candidate_tag_id") == tag]


def greenhouse_credentials(secret: str, options: Mapping[str, str], now: Callable[[], datetime]) -> Credentials:
    """OAuth2 client credentials; a token is fetched when there is none, or when it was refused."""
    known: dict[str, Any] = {}
    basic = base64.b64encode(secret.encode()).decode()

    async def headers(client: HttpClient, fresh: bool) -> Mapping[str, str]:
        if fresh or not known or known["until"] <= now():
            body = {"grant_type": "client_credentials", **({"sub": options["user_id"]} if "user_id" in options else {})}
            reply = await client.token(
                "/token", body, {"authorization": f"Basic {basic}"}, options.get("auth_url", TOKENS)
            )
            if reply.status != 200 or "access_token" not in reply.fields:
                raise Refusal(
                    FailureClass.DESTINATION_UNAUTHORIZED,
                    f"{client.name} gave no access token ({reply.status}), so nothing was sent.",
                    status=reply.status,
                )
            lives = float(reply.fields.get("expires_in") or 3600)
            known.update(token=reply.fields["access_token"], until=now() + timedelta(seconds=lives * 0.9))
        return {"authorization": f"Bearer {known['token']}"}

    return headers
