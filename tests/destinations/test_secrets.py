"""No vendor's answer and no failure carries a secret or a word of the meeting into logs, errors or the ledger.

What belongs here: every vendor as it is opened in production, answering with what was sent to it. What does not: whole
deployments (see ``tests/erasure``).
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.delivery import Delivery
from resources.clock import SystemClock
from resources.destinations.opening import VENDORS as KINDS
from resources.destinations.opening import Opening, open_destination
from tests.destinations.rig import FAST, NAME, Rig, rig_for
from tests.fakes.vendor_server import Answer, Request

TOKEN, WORD = "qxtoken4711", "qxsentence"
SECRET = f"{TOKEN}:x"
ECHO = json.dumps({"message": f"{WORD} {TOKEN}", "error": f"{WORD} was sent with {TOKEN}", "code": f"{WORD} {TOKEN}"})
ANSWERS = [
    Answer(status, raw=body.encode(), headers={"x-request-id": f"{WORD} {TOKEN}", "content-type": kind})
    for status, body, kind in [
        (400, ECHO, "application/json"),
        (403, ECHO, "application/json"),
        (404, ECHO, "application/json"),
        (429, ECHO, "application/json"),
        (500, f"<html>{WORD} {TOKEN}</html>", "text/html"),
        (200, f"<html>{WORD} {TOKEN}</html>", "text/html"),
        (200, json.dumps({"success": False, "errors": [f"{WORD} {TOKEN}"], "ids": False}), "application/json"),
        # The last one: it stops the destination.
        (401, ECHO, "application/json"),
    ]
]


OPTIONS = {"greenhouse": {"auth_url": "{url}"}, "odoo": {"database": "odoo"}}


def everything(rig: Rig, log: str) -> str:
    """All that was kept or told of the writes, without the payloads that the ledger holds."""

    async def told() -> list[str]:
        rows = await rig.ledger.intents()
        attempts = [attempt for row in rows for attempt in await rig.ledger.attempts(row.intent_key)]
        switches = await rig.ledger.destination_rows()
        return [repr(replace(row, payload={})) for row in rows] + [
            repr(attempts),
            repr(switches),
            repr(rig.destination),
        ]

    return log + "".join(asyncio.run(told()))


@pytest.mark.parametrize("name", KINDS)
def test_what_a_vendor_repeats_is_kept_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.DEBUG)
    logging.getLogger("httpcore2").setLevel(logging.DEBUG)
    with rig_for(name, tmp_path, SystemClock()) as rig:
        account, options = ("receiver", {"path": "/events"}) if name == "webhook" else (None, OPTIONS.get(name, {}))
        options = {key: value.format(url=rig.fake.url) for key, value in options.items()}
        opened = open_destination(Opening(NAME, name, SECRET, rig.fake.url, account, options, FAST, rig.clock.now))
        seen: list[Request] = rig.fake.seen
        errors: list[str] = []

        async def deliver(number: int, answer: Answer | None, kind: str) -> None:
            rig.fake.faults.clear()
            await rig.plan("add_note", item=f"item-{number}", body=f"{WORD} {number}", quote=WORD)
            rig.fake.fail(kind, 3, answer)
            await Delivery(rig.equipment, rig.owner).work_off(await rig.ledger.intents())
            rig.fake.fail(kind, 1, answer, writes_only=False)
            try:
                await opened.fields("deal")
            except PipelineError as error:
                errors.append(f"{error!r} {error} {error.remedy}")

        asyncio.run(opened.account())
        asyncio.run(rig.destination.account())
        rig.equipment = replace(rig.equipment, destinations={NAME: opened})
        for number, kind in enumerate(("lost", "half")):
            asyncio.run(deliver(100 + number, None, kind))
        for number, answer in enumerate(ANSWERS):
            asyncio.run(deliver(number, answer, "answer"))
        told = everything(rig, caplog.text + "".join(errors))
        opened.close()  # pyright: ignore[reportAttributeAccessIssue] - every opened one has it
        assert any(TOKEN in str(request.headers) or WORD in str(request.body) for request in seen), "it was sent"
        assert TOKEN not in told
        assert WORD not in told
