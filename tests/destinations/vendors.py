"""The vendors under test: for each its scripted far side, its adapter and what a person may do there.

What belongs here: one entry per vendor and variant. What does not: driving them (see ``rig``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resources.destinations.ashby import Ashby
from resources.destinations.greenhouse import Greenhouse
from resources.destinations.hubspot import HubSpot
from resources.destinations.lever import Lever
from resources.destinations.odoo import Odoo
from resources.destinations.pipedrive import Pipedrive
from resources.destinations.salesforce import Salesforce
from resources.destinations.webhook import Webhook
from resources.http.client import HttpClient
from tests.fakes.applicants import FakeAshby, FakeAts, FakeGreenhouse, FakeLever
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.odoo import FakeOdoo
from tests.fakes.pipedrive import FakePipedrive
from tests.fakes.salesforce import SELF, FakeSalesforce
from tests.fakes.vendor_server import FakeVendor
from tests.fakes.webhook import SECRET, FakeReceiver

NAME = "crm"
ALL = ("create_task", "add_note", "set_field", "add_tag")


@dataclass(frozen=True)
class VendorCase:
    """One vendor under test. ``record_id`` is a record that ``seed`` put there; ``field`` and ``tag`` are ours to write.

    ``edit`` changes the field as a person does after the meeting, ``edit_made`` and ``delete_made`` what the pipeline made.
    ``close`` closes the record. ``terms`` are day and owner of the task that was made (the one ``about`` something, of
    several), ``give`` changes one of them as a person does, and ``nobody`` is whose a task is for which nobody is named.
    ``opened`` makes the whole destination where there is no HTTP in between.
    """

    fake: Callable[[Any], FakeVendor]
    adapter: Callable[[HttpClient], Any]
    seed: Callable[[Any], None]
    object: str = "deal"
    record_id: str = "7"
    operations: tuple[str, ...] = ALL
    field: str = "amount"
    tag: str = "pricing"
    value: Callable[[Any], Any] | None = None
    tags: Callable[[Any], int] | None = None
    edit: Callable[[Any, str], None] | None = None
    delete_made: Callable[[Any], None] | None = None
    edit_made: Callable[[Any], None] | None = None
    changes: bool = True
    close: Callable[[Any], None] | None = None
    opened: Callable[[str], Any] | None = None
    terms: Callable[..., tuple[str | None, str | None]] | None = None
    give: Callable[..., None] | None = None
    nobody: str | None = None


def hubspot(*, unique: bool) -> VendorCase:
    def seed(fake: FakeHubSpot) -> None:
        fake.add("deals", "7", dealname="Acme")
        fake.add("deals", "8", dealname="Globex")

    def edit_made(fake: FakeHubSpot) -> None:
        for row in fake.objects["tasks"].values():
            row["properties"]["hs_task_subject"] = "A person's words"

    def clear(fake: FakeHubSpot) -> None:
        fake.objects["tasks"].clear()
        fake.objects["notes"].clear()

    def terms(fake: FakeHubSpot, about: str = "") -> tuple[str | None, str | None]:
        (row,) = [row for row in fake.objects["tasks"].values() if about in row["properties"]["hs_task_subject"]]
        return row["properties"]["hs_timestamp"][:10], row["properties"].get("hubspot_owner_id") or None

    def give(fake: FakeHubSpot, name: str, value: str, about: str = "") -> None:
        (task,) = [i for i, row in fake.objects["tasks"].items() if about in row["properties"]["hs_task_subject"]]
        told = {"due": {"hs_timestamp": f"{value}T15:30:00Z"}, "owner_id": {"hubspot_owner_id": value}}
        fake.add("tasks", task, **told[name])

    return VendorCase(
        fake=lambda now: FakeHubSpot(now, unique=unique),
        adapter=lambda client: HubSpot(NAME, client, {"tag_property": "topics"}),
        seed=seed,
        value=lambda fake: fake.value("deals", "7", "amount"),
        tags=lambda fake: (fake.value("deals", "7", "topics") or "").split(";").count("pricing"),
        edit=lambda fake, value: fake.add("deals", "7", amount=value),
        delete_made=clear,
        edit_made=edit_made,
        close=lambda fake: fake.add("deals", "7", hs_is_closed="true"),
        terms=terms,
        give=give,
    )


def webhook() -> VendorCase:
    def times(operation: str) -> Callable[[FakeReceiver], int]:
        return lambda fake: sum(e["operation"] == operation for events in fake.records.values() for e in events)

    return VendorCase(
        fake=FakeReceiver,
        adapter=lambda client: Webhook(NAME, client, secret=SECRET, account="receiver", path="/events"),
        seed=lambda fake: None,
        value=lambda fake: "5000" if times("set_field")(fake) == 1 else None,
        tags=times("add_tag"),
    )


def pipedrive() -> VendorCase:
    def seed(fake: FakePipedrive) -> None:
        stamp = "2026-11-17T09:00:00+00:00"
        for record_id in ("7", "8"):
            row: dict[str, Any] = {"id": int(record_id), "status": "open", "label_ids": [], "update_time": stamp}
            fake.rows["deals"][record_id] = row
        # Other people's notes, so that the marker has to be found behind several pages.
        for number in range(3):
            fake.rows["notes"][f"n{number}"] = {"id": number, "content": "Somebody's note", "deal_id": 7}

    def edit(fake: FakePipedrive, value: str) -> None:
        fake.rows["deals"]["7"].update(value=float(value), update_time="2026-11-17T11:30:00+00:00")

    def edit_made(fake: FakePipedrive) -> None:
        for row in fake.rows["activities"].values():
            row["subject"] = "A person's words"

    def terms(fake: FakePipedrive, about: str = "") -> tuple[str | None, str | None]:
        (row,) = [row for row in fake.rows["activities"].values() if about in row["subject"]]
        return row["due_date"], str(row["owner_id"])

    def give(fake: FakePipedrive, name: str, value: str, about: str = "") -> None:
        (row,) = [row for row in fake.rows["activities"].values() if about in row["subject"]]
        row.update({"due_date": value} if name == "due" else {"owner_id": int(value)})

    return VendorCase(
        fake=FakePipedrive,
        adapter=lambda client: Pipedrive(NAME, client),
        seed=seed,
        field="value",
        tag="12",
        value=lambda fake: fake.rows["deals"]["7"].get("value"),
        tags=lambda fake: fake.rows["deals"]["7"]["label_ids"].count(12),
        edit=edit,
        delete_made=lambda fake: fake.rows["activities"].clear(),
        edit_made=edit_made,
        close=lambda fake: fake.rows["deals"]["7"].update(status="won"),
        terms=terms,
        give=give,
        nobody="1",
    )


def salesforce(*, unique: bool, remembers: bool = False) -> VendorCase:
    def edit(fake: FakeSalesforce, value: str) -> None:
        fake.rows["Opportunity"]["7"]["Amount"] = float(value)
        fake.moment = fake.moment.replace(hour=11, minute=30)

    def edit_made(fake: FakeSalesforce) -> None:
        for row in fake.rows["Task"].values():
            row["Subject"] = "A person's words"

    def terms(fake: FakeSalesforce, about: str = "") -> tuple[str | None, str | None]:
        (row,) = [row for row in fake.rows["Task"].values() if about in row["Subject"]]
        return row["ActivityDate"], row["OwnerId"]

    def give(fake: FakeSalesforce, name: str, value: str, about: str = "") -> None:
        (row,) = [row for row in fake.rows["Task"].values() if about in row["Subject"]]
        row["ActivityDate" if name == "due" else "OwnerId"] = value

    return VendorCase(
        fake=lambda now: FakeSalesforce(now, unique=unique, remembers=remembers),
        adapter=lambda client: Salesforce(NAME, client),
        seed=lambda fake: fake.rows["Opportunity"].update({"7": {"Name": "Acme"}, "8": {"Name": "Globex"}}),
        field="Amount",
        value=lambda fake: fake.rows["Opportunity"]["7"].get("Amount"),
        tags=lambda fake: len(fake.rows["TopicAssignment"]),
        edit=edit,
        delete_made=lambda fake: fake.rows["Task"].clear(),
        edit_made=edit_made,
        close=lambda fake: fake.rows["Opportunity"]["7"].update(IsClosed=True),
        terms=terms,
        give=give,
        nobody=SELF,
    )


def odoo() -> VendorCase:
    def seed(fake: FakeOdoo) -> None:
        for record_id in (7, 8):
            row = {"write_date": "2026-11-17 09:00:00", "won_status": "pending", "active": True}
            fake.rows["crm.lead"][record_id] = row

    def edit(fake: FakeOdoo, value: str) -> None:
        fake.rows["crm.lead"][7].update(expected_revenue=float(value), write_date="2026-11-17 11:30:00")

    def edit_made(fake: FakeOdoo) -> None:
        for row in fake.rows["mail.activity"].values():
            row["summary"] = "A person's words"

    def terms(fake: FakeOdoo, about: str = "") -> tuple[str | None, str | None]:
        (row,) = [row for row in fake.rows["mail.activity"].values() if about in row["summary"]]
        return row["date_deadline"], str(row["user_id"][0])

    def give(fake: FakeOdoo, name: str, value: str, about: str = "") -> None:
        (row,) = [row for row in fake.rows["mail.activity"].values() if about in row["summary"]]
        row.update({"date_deadline": value} if name == "due" else {"user_id": [int(value), "Somebody"]})

    def clear(fake: FakeOdoo) -> None:
        fake.rows["mail.activity"].clear()
        fake.names.clear()

    return VendorCase(
        fake=FakeOdoo,
        adapter=lambda client: Odoo(NAME, client, {"database": "odoo"}),
        seed=seed,
        field="expected_revenue",
        value=lambda fake: fake.rows["crm.lead"][7].get("expected_revenue"),
        tags=lambda fake: fake.rows["crm.lead"][7].get("tag_ids", []).count(3),
        edit=edit,
        delete_made=clear,
        edit_made=edit_made,
        close=lambda fake: fake.rows["crm.lead"][7].update(active=False, won_status="lost"),
        terms=terms,
        give=give,
        nobody="2",
    )


def ats(
    fake: Callable[[Any], FakeAts],
    adapter: Callable[[HttpClient], Any],
    operations: tuple[str, ...] = ALL,
    close: Callable[[Any], None] | None = None,
) -> VendorCase:
    def seed(far: FakeAts) -> None:
        for _ in range(3):
            far.note("7", "Somebody's note")

    def edit(far: FakeAts, value: str) -> None:
        far.values["amount"], far.stamp = value, "2026-11-17T11:30:00+00:00"

    def edit_made(far: FakeAts) -> None:
        for note in far.notes.values():
            note["text"] = note["text"].replace("To do", "Done")

    return VendorCase(
        fake=fake,
        adapter=adapter,
        seed=seed,
        object="candidate",
        operations=operations,
        value=lambda far: far.values.get("amount"),
        tags=lambda far: far.tags.count("pricing"),
        edit=edit,
        delete_made=lambda far: far.notes.clear(),
        edit_made=edit_made,
        changes=False,
        close=close,
    )


def archive(far: FakeLever) -> None:
    far.archived = {"reason": "hired"}


VENDORS: dict[str, VendorCase] = {
    "webhook": webhook(),
    "hubspot": hubspot(unique=True),
    "hubspot-search": hubspot(unique=False),
    "greenhouse": ats(FakeGreenhouse, lambda client: Greenhouse(NAME, client)),
    "odoo": odoo(),
    "salesforce": salesforce(unique=True),
    "salesforce-list": salesforce(unique=False),
    "salesforce-ui": salesforce(unique=False, remembers=True),
    "pipedrive": pipedrive(),
    "lever": ats(FakeLever, lambda client: Lever(NAME, client), ("create_task", "add_note", "add_tag"), archive),
    "ashby": ats(FakeAshby, lambda client: Ashby(NAME, client)),
}
