"""Delivery of planned writes to a scripted vendor, over a real ledger and real connections.

What belongs here: putting adapter, ledger and far side together, and driving deliveries until nothing moves. What does not:
what is asserted.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.keys import intent_key, marker, record_key
from artifact_assets.domain.policies import Backoff, DeliveryPolicy
from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import OPEN_INTENTS, IntentState
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.equipment import Equipment
from resources.destinations.vendor import VendorDestination
from resources.destinations.webhook import Webhook
from resources.http.budget import Limits
from resources.http.client import HttpClient, Timeouts
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.clock import ScriptedClock
from tests.destinations.vendors import NAME, VENDORS, VendorCase
from tests.fakes.vendor_server import FakeVendor, serving

TENANT = "acme"
FAST = Limits(in_flight=20, per_second=5000)
POLICY = DeliveryPolicy(
    send_timeout_seconds=5, lease_margin_seconds=5, backoff=Backoff(first_seconds=10, most_seconds=60, jitter=0)
)


@dataclass
class Rig:
    """A destination, its far side and a ledger. Time is scripted; connections are real."""

    case: VendorCase
    fake: Any
    destination: Destination
    ledger: SqlLedger
    clock: Any
    equipment: Equipment
    owner: str = "run-1@host:1:1"
    planned: list[IntentPlan] = field(default_factory=list[IntentPlan])

    async def plan(
        self, operation: str, item: str | None = None, target: str | None = None, *, record: bool = True, **content: Any
    ) -> list[IntentPlan]:
        """Plan one write with all its steps, as the pipeline would."""
        item = item or f"item-{operation}"
        account = await self.destination.account()
        first = self.aimed(
            account, operation, item, target, {**CONTENT[operation], **self._named(operation), **content}
        )
        plans = [first]
        then = (await self.destination.capability(operation)).then
        if then is not None:
            link = self.aimed(account, then, item, target, {"of": operation}, after=first.record_key)
            plans.append(link)
        if record:
            await self.ledger.plan(tuple(plans), self.clock.now())
        self.planned += plans
        return plans

    def _named(self, operation: str) -> Mapping[str, Any]:
        named = {"set_field": {"field": self.case.field}, "add_tag": {"tag": self.case.tag}}
        return named.get(operation, {})

    def aimed(
        self,
        account: str,
        operation: str,
        item: str,
        target: str | None,
        content: Mapping[str, Any],
        after: str | None = None,
    ) -> IntentPlan:
        key = record_key(TENANT, NAME, account, "sync", item, operation)
        payload = {"as_of": "2026-11-17T11:00:00+00:00", **content, "marker": marker(key)}
        aimed = {"object": self.case.object, "id": target or self.case.record_id}
        digest = digest_of(payload)
        return IntentPlan(
            intent_key=intent_key(key, aimed, digest),
            record_key=key,
            meeting_id="sync",
            item_id=item,
            destination=NAME,
            account=account,
            operation=operation,
            target=aimed,
            payload=payload,
            payload_digest=digest,
            revision="1",
            sequence=len(self.planned),
            after=after,
        )

    async def deliver(self, rounds: int = 40, owner: str | None = None) -> dict[str, Intent]:
        """Work off what is due, let time pass, until nothing is open; the rows by intent key."""
        for _ in range(rounds):
            delivery = Delivery(self.equipment, owner or self.owner)
            rows = await self.ledger.intents()
            await delivery.work_off(rows)
            rows = await self.ledger.intents()
            if not any(row.state in OPEN_INTENTS for row in rows):
                break
            self.clock.forward(30)
        return {row.intent_key: row for row in await self.ledger.intents()}

    def landed(self, plan: IntentPlan) -> int:
        """How often a write took effect at the far side."""
        if plan.operation in ("create_task", "add_note"):
            return sum(str(plan.payload["marker"]) in text for text in self.fake.texts())
        if plan.operation == "set_field":
            assert self.case.value is not None
            return int(self.case.value(self.fake) in ("5000", 5000, 5000.0))
        if plan.operation == "add_tag":
            assert self.case.tags is not None
            return self.case.tags(self.fake)
        return 1


CONTENT: Mapping[str, Mapping[str, Any]] = {
    "create_task": {
        "title": "Send the contract",
        "due": "2026-11-20",
        "quote": "I will send it",
        "meeting_title": "Sync",
    },
    "add_note": {"body": "Decision: go", "quote": "We go"},
    "set_field": {"value": "5000"},
    "add_tag": {"tag": "pricing"},
}


@contextlib.contextmanager
def rig_for(
    name: str,
    folder: Path,
    clock: Any = None,
    *,
    ledger_url: str | None = None,
    policy: DeliveryPolicy = POLICY,
    limits: Limits = FAST,
    fake: FakeVendor | None = None,
    case: VendorCase | None = None,
    quick: FakeVendor | None = None,
    template: Path | None = None,
    is_gone: Callable[[str], bool] = lambda _: False,
) -> Generator[Rig]:
    """A rig for the vendor case ``name``; ``fake`` stands in for one that is already there."""
    case, clock = case or VENDORS[name], clock or ScriptedClock()
    with contextlib.ExitStack() as stack:
        if fake is None:
            fake = stack.enter_context(serving(quick or case.fake(clock.monotonic)))
            case.seed(fake)
        destination = (
            case.opened(fake.url) if case.opened is not None else _over_http(case, fake, clock, policy, limits)
        )
        stack.callback(destination.close)
        if template is not None and ledger_url is None:
            shutil.copy(template, folder / "ledger.db")
        url = ledger_url or f"sqlite:///{folder / 'ledger.db'}"
        ledger = stack.enter_context(open_ledger(url, tenant=TENANT, clock=clock, database_time=False))
        unused = cast("Any", None)
        equipment = Equipment(
            tenant=TENANT,
            configuration=Configuration(delivery=policy),
            ledger=ledger,
            store=unused,
            sources=unused,
            inbox=unused,
            clock=clock,
            extractor=unused,
            destinations={NAME: destination},
            is_gone=is_gone,
        )
        yield Rig(case, fake, destination, ledger, clock, equipment)


def _over_http(case: VendorCase, fake: FakeVendor, clock: Any, policy: DeliveryPolicy, limits: Limits) -> Any:
    timeouts = Timeouts(total=policy.send_timeout_seconds)
    client = HttpClient(NAME, fake.url, limits=limits, timeouts=timeouts, now=clock.now)
    adapter = case.adapter(client)
    return adapter if isinstance(adapter, Webhook) else VendorDestination(NAME, adapter, client)


IN_REVIEW = frozenset({IntentState.DEAD_LETTER, IntentState.CONFLICT, IntentState.REJECTED})
