"""What every vendor's adapter shares: comparing before writing, and saying what a write came to.

What belongs here: the ``Destination`` port on top of a vendor's few calls. What does not: paths, bodies and error codes (one
module per vendor) and deciding when to send again (see ``stages.delivery``).
"""

from __future__ import annotations

from dataclasses import replace

from artifact_assets.domain.capabilities import UNSUPPORTED, Capability, Family, Preflight
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import (
    NOTHING_KNOWN,
    Candidate,
    Context,
    RemoteField,
    Standing,
    Verdict,
    Wanted,
    Written,
)
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.domain.refusals import GONE, Refusal
from resources.destinations.comparing import field_verdict, is_ours, is_untouched, record_verdict, wanted_value
from resources.destinations.vendor_calls import Vendor
from resources.destinations.writing import Write
from resources.http.client import SEND_BY, HttpClient

CREATING = frozenset({"create_task", "add_note"})


class VendorDestination:
    """``Destination`` over a vendor's calls. Close it."""

    def __init__(self, name: str, calls: Vendor, client: HttpClient) -> None:
        self._name = name
        self._calls = calls
        self._client = client
        self._preflight: Preflight | None = None

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    @property
    def name(self) -> str:
        """See ``Destination.name``."""
        return self._name

    @property
    def vendor(self) -> str:
        """See ``Destination.vendor``."""
        return self._calls.vendor

    @property
    def family(self) -> Family:
        """See ``Destination.family``."""
        return self._calls.family

    @property
    def consistency_seconds(self) -> float:
        """See ``Destination.consistency_seconds``: the longest of all operations."""
        known = self._preflight.capabilities.values() if self._preflight is not None else ()
        return max((capability.consistency_seconds for capability in known), default=0.0)

    async def account(self) -> str:
        """See ``Destination.account``."""
        return (await self.preflight()).account

    async def preflight(self) -> Preflight:
        """See ``Destination.preflight``."""
        if self._preflight is None:
            self._preflight = await self._calls.preflight()
        return self._preflight

    async def capability(self, operation: str) -> Capability:
        """See ``Destination.capability``."""
        found = (await self.preflight()).capabilities.get(operation.removeprefix("withdraw_"), UNSUPPORTED)
        return found.known if operation.startswith("withdraw_") else found

    async def send(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt:
        """See ``Destination.send``."""
        token = SEND_BY.set(context.send_by)
        try:
            return await self._sent(intent, context)
        finally:
            SEND_BY.reset(token)

    async def _sent(self, intent: Intent, context: Context) -> Receipt:
        write = Write.of(intent, context.prior)
        if (await self.capability(intent.operation)) is UNSUPPORTED:
            raise _refusal(FailureClass.DESTINATION_REJECTED, write, f"{self._name} has no {write.operation}")
        if intent.operation.startswith("withdraw_"):
            return await self._take_back(write)
        if write.operation in CREATING:
            return await self._make(write, context)
        if write.operation == "set_field":
            return await self._set(write, context)
        if write.operation == "add_tag":
            if await self._calls.tagged(write):
                return Receipt(write.parent, applied=False)
            return await self._calls.tag(write, there=True)
        return await self._calls.link(write, _made_before(write, context), there=True)

    async def look_up(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt | None:
        """See ``Destination.look_up``."""
        write = Write.of(intent, context.prior)
        if intent.operation.startswith("withdraw_") or write.operation not in (*CREATING, "set_field", "add_tag"):
            # Taking back and linking compare or repeat by themselves.
            return None
        if write.operation == "set_field":
            value = await self._calls.read(write)
            there = field_verdict(value, write, context)[0] is Verdict.SAME
            # Without its stamp: between our write and this look a person may have changed the record.
            return Receipt(write.parent) if there else None
        if write.operation == "add_tag":
            return Receipt(write.parent) if await self._calls.tagged(write) else None
        found = await self._calls.find(write)
        if not found:
            return None
        if context.prior is None or record_verdict(found[0], write, context) is Verdict.SAME:
            return Receipt(found[0].record_id, found[0].url)
        return None

    async def standing(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Standing:
        """See ``Destination.standing``."""
        write = Write.of(intent, context.prior)
        if write.operation in CREATING:
            found = await self._calls.find(write)
            if not found:
                return Standing(Verdict.GONE if context.prior else Verdict.CREATE, None, write.text)
            return Standing(record_verdict(found[0], write, context), found[0].text, write.text)
        if write.operation == "set_field":
            value = await self._calls.read(write)
            verdict, after = field_verdict(value, write, context)
            return Standing(verdict, value.text, after)
        if write.operation == "add_tag":
            there = await self._calls.tagged(write)
            return Standing(Verdict.SAME if there else Verdict.CREATE, write.tag if there else None, write.tag)
        return Standing(Verdict.UNKNOWN)

    async def written(self, intent: Intent) -> tuple[Written, ...]:
        """See ``Destination.written``."""
        write = Write(intent)
        found = {one.record_id: one for one in await self._calls.find(write)}
        known = Write.of(intent, intent)
        if not found and known.made is not None and (await self.capability(intent.operation)).consistency_seconds:
            # What was made a moment ago may not be found yet, and is no deletion.
            found = {one.record_id: one for one in await self._calls.find(known)}
        return tuple(Written(one.record_id, one.url, one.text == write.text) for one in found.values())

    async def closed(self, intent: Intent) -> bool | None:
        """See ``Destination.closed``."""
        return await self._calls.closed(Write(intent))

    async def candidates(self, wanted: Wanted) -> tuple[Candidate, ...]:
        """See ``Destination.candidates``."""
        return tuple(await self._calls.candidates(wanted))

    async def fields(self, kind: str) -> tuple[RemoteField, ...]:
        """See ``Destination.fields``."""
        return tuple(await self._calls.fields(kind))

    async def _make(self, write: Write, context: Context) -> Receipt:
        if context.fresh:
            return await self._calls.create(write)
        found = await self._calls.find(write)
        if len(found) > 1:
            problem = f"{len(found)} records at {self._name} carry its key"
            raise _refusal(FailureClass.DESTINATION_CONFLICT, write, problem, code="duplicates")
        if not found:
            if context.prior is not None:
                problem = f"a person deleted the record it made at {self._name}"
                raise _refusal(FailureClass.DESTINATION_CONFLICT, write, problem, code=GONE)
            return await self._calls.create(write)
        verdict = record_verdict(found[0], write, context)
        if verdict is Verdict.SAME:
            return Receipt(found[0].record_id, found[0].url, applied=context.prior is None)
        if verdict is Verdict.CONFLICT:
            problem = f"a person changed the record it made at {self._name}"
            raise _refusal(FailureClass.DESTINATION_CONFLICT, write, problem, code="edited")
        return await self._calls.update(write, found[0])

    async def _set(self, write: Write, context: Context) -> Receipt:
        value = await self._calls.read(write)
        verdict, after = field_verdict(value, write, context)
        if verdict in (Verdict.SAME, Verdict.KEPT):
            stamp = value.stamp if is_untouched(value, write, context) else None
            return Receipt(write.parent, applied=False, previous=value.text, stamp=stamp)
        if verdict is Verdict.CONFLICT:
            problem = f"a person changed {write.object}.{write.field} at {self._name} since the meeting"
            if value.closed:
                problem = f"the {write.object} is closed at {self._name}"
            raise _refusal(FailureClass.DESTINATION_CONFLICT, write, problem, code="edited")
        try:
            receipt = await self._calls.set(write, after, value)
        except Refusal as error:
            error.previous = value.text
            raise
        # A stamp after a person's change would cover that change up.
        stamp = receipt.stamp if is_untouched(value, write, context) else None
        return replace(receipt, previous=value.text, stamp=stamp)

    async def _take_back(self, write: Write) -> Receipt:
        """Undo what is still ours; what a person touched is left, and the receipt says so."""
        if write.operation == "set_field":
            value = await self._calls.read(write)
            if value.text == wanted_value(write):
                return await self._calls.set(write, write.payload.get("previous"), value)
        elif write.operation == "add_tag":
            if await self._calls.tagged(write):
                return await self._calls.tag(write, there=False)
        elif write.operation in CREATING:
            found = await self._calls.find(write)
            if len(found) == 1 and is_ours(found[0], write):
                return await self._calls.remove(write, found[0])
        else:
            return await self._calls.link(write, str(write.payload["record_id"]), there=False)
        return Receipt(str(write.payload.get("record_id") or write.parent), applied=False)


def _made_before(write: Write, context: Context) -> str:
    made = (context.after or {}).get("record_id")
    if made is None:
        raise _refusal(FailureClass.DESTINATION_UNAVAILABLE, write, "the record it completes is not there yet")
    return str(made)


def _refusal(failure: FailureClass, write: Write, problem: str, code: str | None = None) -> Refusal:
    return Refusal(failure, f"{write.name[0].upper()}{write.name[1:]} was not written: {problem}.", code=code)
