"""Scripted ATSs: Greenhouse v3, Lever and Ashby, each with its notes, tags and manners."""

from __future__ import annotations

from typing import Any

from tests.fakes.vendor_server import Answer, FakeVendor, Request

STAMP = "2026-11-17T09:00:00+00:00"
AFTER = "2026-11-17T12:00:00+00:00"


class FakeAts(FakeVendor):
    """What the three share. ``notes`` are dicts with ``candidate`` and ``text``; ``tags`` are applied ones, in order."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.notes: dict[str, dict[str, Any]] = {}
        self.tags: list[str] = []
        self.values: dict[str, Any] = {}
        self.stamp = STAMP

    def texts(self) -> list[str]:
        return [note["text"] for note in self.notes.values()]

    def note(self, candidate: str, text: str, **more: Any) -> str:
        note_id = self.new_id()
        self.notes[note_id] = {"candidate": candidate, "text": text, **more}
        return note_id

    def of(self, candidate: str) -> list[tuple[str, dict[str, Any]]]:
        return [(note_id, note) for note_id, note in self.notes.items() if note["candidate"] == candidate]


class FakeGreenhouse(FakeAts):
    """Applying a tag twice makes two applications: what the real one does is not documented, so the worst is assumed."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.tokens = 0
        self.route("POST", "/token", self._token, write=False)
        self.route("GET", "/v3/candidate_tags", lambda _: Answer(json=[{"id": 5, "name": "pricing"}]), write=False)
        self.route("GET", "/v3/applied_candidate_tags", self._applied, write=False)
        self.route("POST", "/v3/applied_candidate_tags", self._apply, write=True)
        self.route("DELETE", "/v3/applied_candidate_tags/{}", self._take_off, write=True)
        self.route("GET", "/v3/notes", self._notes, write=False)
        self.route("POST", "/v3/notes", self._create, write=True)
        self.route("GET", "/v3/candidates/{}", self._candidate, write=False)
        self.route("PATCH", "/v3/candidates/{}", self._change, write=True)

    def _token(self, request: Request) -> Answer:
        self.tokens += 1
        return Answer(json={"access_token": f"token-{self.tokens}", "expires_in": 3600})

    def _applied(self, request: Request) -> Answer:
        return Answer(json=[{"id": n, "candidate_tag_id": 5} for n, _ in enumerate(self.tags)])

    def _apply(self, request: Request) -> Answer:
        self.tags.append("pricing")
        return Answer(201, {"id": len(self.tags)})

    def _take_off(self, request: Request) -> Answer:
        self.tags.pop()
        return Answer(204)

    def _notes(self, request: Request) -> Answer:
        cursor = request.query.get("cursor")
        if cursor and len(request.query) > 1:
            return Answer(422, {"message": "the cursor must be the only parameter"})
        rows = [{"id": int(i), "body": n["text"]} for i, n in self.of(request.query.get("candidate_ids") or "7")]
        start = int(cursor or 0)
        headers = {"x-next-cursor": str(start + 2)} if start + 2 < len(rows) else {}
        return Answer(json=rows[start : start + 2], headers=headers)

    def _create(self, request: Request) -> Answer:
        body = request.json
        if body["visibility"] != "admin_only":
            return Answer(422, {"message": "no", "errors": [{"field": "visibility"}]})
        return Answer(201, {"id": int(self.note(str(body["candidate_id"]), body["body"]))})

    def _candidate(self, request: Request) -> Answer:
        return Answer(json={"id": 7, "custom_fields": self.values, "updated_at": self.stamp})

    def _change(self, request: Request) -> Answer:
        self.values.update({f["name_key"]: f["value"] for f in request.json["custom_fields"]})
        self.stamp = AFTER
        return self._candidate(request)


class FakeLever(FakeAts):
    """Tags are a set; notes are listed by opportunity."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.archived: dict[str, str] | None = None
        base = "/v1/opportunities/{}"
        self.route("GET", "/v1/users", lambda _: Answer(json={"data": []}), write=False)
        self.route("GET", base + "/notes", self._notes, write=False)
        self.route("POST", base + "/notes", self._create, write=True)
        self.route("DELETE", base + "/notes/{}", self._delete, write=True)
        self.route("GET", base, self._opportunity, write=False)
        self.route("POST", base + "/addTags", self._tag, write=True)
        self.route("POST", base + "/removeTags", self._untag, write=True)

    def denied(self) -> Answer:
        return Answer(401, {"code": "Unauthorized", "message": "no"})

    def _opportunity(self, request: Request) -> Answer:
        del request
        return Answer(json={"data": {"tags": self.tags, "archived": self.archived}})

    def _notes(self, request: Request) -> Answer:
        rows = [{"id": i, "fields": [{"value": n["text"]}]} for i, n in self.of(request.match[0])]
        start = int(request.query.get("offset") or 0)
        more = start + 2 < len(rows)
        return Answer(json={"data": rows[start : start + 2], "hasNext": more, "next": str(start + 2)})

    def _create(self, request: Request) -> Answer:
        body = request.json
        if not body["secret"] or body["notifyFollowers"]:
            return Answer(400, {"code": "BadRequest"})
        return Answer(201, {"data": {"id": self.note(request.match[0], body["value"])}})

    def _delete(self, request: Request) -> Answer:
        self.notes.pop(request.match[1], None)
        return Answer(204)

    def _tag(self, request: Request) -> Answer:
        self.tags += [tag for tag in request.json["tags"] if tag not in self.tags]
        return Answer(json={"data": {}})

    def _untag(self, request: Request) -> Answer:
        self.tags = [tag for tag in self.tags if tag not in request.json["tags"]]
        return Answer(json={"data": {}})


class FakeAshby(FakeAts):
    """Everything is a POST; failures are answered 200."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.route("POST", "/apiKey.info", lambda _: good({}), write=False)
        self.route("POST", "/candidate.listNotes", self._notes, write=False)
        self.route("POST", "/candidate.createNote", self._create, write=True)
        self.route("POST", "/candidate.info", self._info, write=False)
        self.route("POST", "/candidateTag.list", lambda _: good([{"id": "t1", "title": "pricing"}]), write=False)
        self.route("POST", "/candidate.addTag", self._tag, write=True)
        self.route("POST", "/customField.setValue", self._set, write=True)

    def denied(self) -> Answer:
        return Answer(401, {"success": False, "errors": ["unauthorized"]})

    def _notes(self, request: Request) -> Answer:
        body = request.json
        rows = [{"id": i, "content": n["text"]} for i, n in self.of(body["candidateId"])]
        start = int(body.get("cursor") or 0)
        more = {"moreDataAvailable": start + 2 < len(rows), "nextCursor": str(start + 2)}
        return Answer(json={**good(rows[start : start + 2]).json, **more})

    def _create(self, request: Request) -> Answer:
        body = request.json
        if body["sendNotifications"] or not body["isPrivate"]:
            return bad("invalid_input")
        return good({"id": self.note(body["candidateId"], body["note"]["value"])})

    def _info(self, request: Request) -> Answer:
        fields = [{"id": name, "value": value} for name, value in self.values.items()]
        tags = [{"title": tag} for tag in self.tags]
        return good({"id": request.json["id"], "customFields": fields, "tags": tags, "updatedAt": self.stamp})

    def _tag(self, request: Request) -> Answer:
        self.tags += ["pricing"] if "pricing" not in self.tags else []
        return good({})

    def _set(self, request: Request) -> Answer:
        self.values[request.json["fieldId"]] = request.json["fieldValue"]
        self.stamp = AFTER
        return good({})


def good(results: Any) -> Answer:
    return Answer(200, {"success": True, "results": results})


def bad(code: str) -> Answer:
    return Answer(200, {"success": False, "errors": [code], "errorInfo": {"code": code}})
