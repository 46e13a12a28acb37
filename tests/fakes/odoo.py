"""A scripted Odoo: JSON-2 calls, ``load`` by external id, exceptions by name. Kept equal to the real one by test-odoo."""

from __future__ import annotations

from typing import Any, cast

from tests.fakes.vendor_server import Answer, FakeVendor, Request

MADE = ("mail.activity", "mail.message")
SELF = [2, "Integration"]
"""Whose an activity is that names nobody: who made it."""


class FakeOdoo(FakeVendor):
    """``rows`` by model and id; ``names`` are external ids."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.rows: dict[str, dict[int, dict[str, Any]]] = {
            "crm.lead": {},
            "crm.tag": {3: {"name": "pricing"}},
            "ir.model": {9: {"model": "crm.lead"}},
            **{model: {} for model in MADE},
        }
        self.names: dict[str, tuple[str, int]] = {}
        self.route("POST", "/json/2/{}/get_param", lambda _: Answer(json="uuid-1"), write=False)
        self.route("POST", "/json/2/{}/search_read", self._search, write=False)
        self.route("POST", "/json/2/{}/load", self._load, write=True)
        self.route("POST", "/json/2/{}/write", self._write, write=True)
        self.route("POST", "/json/2/{}/unlink", self._unlink, write=True)

    def texts(self) -> list[str]:
        return [
            f"{row.get('summary', '')} {row.get('note') or row.get('body')}"
            for m in MADE
            for row in self.rows[m].values()
        ]

    def denied(self) -> Answer:
        return Answer(401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"})

    def _search(self, request: Request) -> Answer:
        (model,) = request.match
        if model == "ir.model.data":
            name = next(value for field, _, value in request.json["domain"] if field == "name")
            there = self.names.get(name)
            return Answer(json=[{"id": 1, "res_id": there[1]}] if there else [])
        rows = [{"id": i, **row} for i, row in self.rows[model].items()]
        for field, operator, value in request.json["domain"]:
            rows = [r for r in rows if (r.get(field) in value if operator == "in" else r.get(field) == value)]
        return Answer(json=rows)

    def _load(self, request: Request) -> Answer:
        (model,) = request.match
        ids: list[int] = []
        for data in request.json["data"]:
            row = dict(zip(request.json["fields"], data, strict=True))
            name = row.pop("id").partition(".")[2]
            there = self.names.get(name)
            record_id = there[1] if there else int(self.new_id())
            self.names[name] = (model, record_id)
            given: dict[str, Any] = {"user_id": SELF, "create_uid": SELF} if model == "mail.activity" else {}
            if "user_id/.id" in row:
                user = int(row.pop("user_id/.id"))
                row["user_id"] = [user, f"User {user}"]
            self.rows[model].setdefault(record_id, given).update(row)
            ids.append(record_id)
        return Answer(json={"ids": ids, "messages": [], "nextrow": 0})

    def _write(self, request: Request) -> Answer:
        (model,) = request.match
        for record_id in request.json["ids"]:
            if record_id not in self.rows[model]:
                return Answer(404, {"name": "odoo.exceptions.MissingError", "message": "no"})
            row = self.rows[model][record_id]
            given: dict[str, Any] = request.json["vals"]
            for name, value in given.items():
                if name == "no_such_field":
                    return Answer(500, {"name": "builtins.ValueError", "message": "Invalid field"})
                if isinstance(value, list):
                    commands = cast("list[list[int]]", value)
                    (command, tag), there = commands[0], row.setdefault(name, [])
                    there[:] = [each for each in there if each != tag] + ([tag] if command == 4 else [])
                else:
                    row[name] = value
            row["write_date"] = "2026-11-17 12:00:00"
        return Answer(json=True)

    def _unlink(self, request: Request) -> Answer:
        for record_id in request.json["ids"]:
            self.rows[request.match[0]].pop(record_id, None)
            self.names = {n: at for n, at in self.names.items() if at != (request.match[0], record_id)}
        return Answer(json=True)
