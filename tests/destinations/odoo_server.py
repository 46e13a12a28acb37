"""A real Odoo behind a proxy that loses replies, counted in its own database.

What belongs here: starting it, the proxy, and asking the database. What does not: what is tested on it.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from resources.destinations.odoo import Odoo
from tests.destinations.vendors import NAME, VendorCase
from tests.fakes.vendor_server import Answer, FakeVendor, Fault, Request, serving

SERVER = Path(__file__).parents[2] / "deploy" / "odoo" / "server.py"
WRITES = ("load", "write", "unlink")


class CuttingProxy(FakeVendor):
    """Hands every request on, and treats some answers as the scripted faults say."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self.told = told
        self.leads: list[int] = []

    def handle(self, request: Request) -> tuple[Answer, Fault | None]:
        """The real answer, and what goes wrong with it."""
        write = request.path.rpartition("/")[2] in WRITES
        with self.lock:
            self.calls["write" if write else "read"] += 1
            fault = next((f for f in self.faults if f.times > 0 and (write or not f.writes_only)), None)
            if fault is not None:
                fault.times -= 1
                if fault.kind in ("answer", "lost_before"):
                    return fault.answer, fault
        status, body = self.ask(request.path, request.body)
        answer = Answer(status, raw=body)
        return (fault.answer if fault is not None and fault.kind == "after" else answer), fault

    def ask(self, path: str, body: bytes) -> tuple[int, bytes]:
        """One call of the real server."""
        connection = http.client.HTTPConnection(urlsplit(str(self.told["url"])).netloc, timeout=60)
        headers = {"authorization": f"bearer {self.told['key']}", "content-type": "application/json"}
        connection.request("POST", path, body, {**headers, "x-odoo-database": self.told["database"]})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, content

    def call(self, model: str, method: str, **body: Any) -> Any:
        """A call that must succeed."""
        status, content = self.ask(f"/json/2/{model}/{method}", json.dumps(body).encode())
        assert status == 200, content[:500]
        return json.loads(content)

    def query(self, statement: str, *values: Any) -> list[Any]:
        """Rows of Odoo's own database."""
        with (
            contextlib.closing(
                psycopg2.connect(host=self.told["socket"], user="postgres", dbname=self.told["database"])
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return cursor.fetchall()

    def texts(self) -> list[str]:
        tasks = self.query("SELECT coalesce(summary, '') || ' ' || coalesce(note, '') FROM mail_activity")
        notes = self.query("SELECT body FROM mail_message WHERE message_type = 'comment'")
        return [row[0] for row in tasks + notes]

    def new_lead(self) -> str:
        """A fresh opportunity."""
        (lead,) = self.call("crm.lead", "create", vals_list=[{"name": "Acme", "type": "opportunity"}])
        self.leads.append(lead)
        return str(lead)


@contextlib.contextmanager
def running_odoo() -> Generator[CuttingProxy]:
    """The server of ODOO_FOLDER behind the proxy; one that runs already is named by ODOO_RUNNING."""
    with contextlib.ExitStack() as stack:
        if "ODOO_RUNNING" in os.environ:
            told = json.loads(Path(os.environ["ODOO_RUNNING"]).read_text())
        else:
            folder = Path(os.environ["ODOO_FOLDER"])
            process = stack.enter_context(
                subprocess.Popen(
                    [folder / "venv/bin/python", SERVER, folder],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
        proxy = CuttingProxy(told)
        stack.enter_context(serving(proxy))
        if not proxy.call("crm.tag", "search_read", domain=[["name", "=", "pricing"]], fields=["id"]):
            proxy.call("crm.tag", "create", vals_list=[{"name": "pricing"}])
        yield proxy


def odoo_case(proxy: CuttingProxy) -> VendorCase:
    """The vendor case of a fresh opportunity on the real server."""
    lead = proxy.new_lead()

    def value(_: Any) -> Any:
        return proxy.query("SELECT expected_revenue FROM crm_lead WHERE id = %s", int(lead))[0][0]

    def tags(_: Any) -> int:
        return proxy.query("SELECT count(*) FROM crm_tag_rel WHERE lead_id = %s", int(lead))[0][0]

    def edit(_: Any, wanted: str) -> None:
        proxy.call("crm.lead", "write", ids=[int(lead)], vals={"expected_revenue": float(wanted)})

    return VendorCase(
        fake=lambda _: proxy,
        adapter=lambda client: Odoo(NAME, client, {"database": proxy.told["database"]}),
        seed=lambda _: None,
        record_id=lead,
        field="expected_revenue",
        value=value,
        tags=tags,
        edit=edit,
    )
