"""Erasing a meeting: the steps, in order, each safe to repeat.

What belongs here: the order, what is waited for, and going on after a kill. What does not: removing from one particular place
(adapters behind ports) and which meetings a person is in (see ``participants``).

The meeting is closed first, in one transaction: from then on nothing works on it, nothing of it is sent, and its content is
refused. Everything after may be cut off anywhere: the ledger knows which steps were done, and the others are done again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from artifact_assets.domain.erasure import Erasure, ErasureStep, Holdings, Taken, Tombstone
from artifact_assets.domain.erasure_ports import Copies, ErasureBook, RemovableSources, RemovableStore, Tombstones
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.records import Intent, Json
from artifact_assets.domain.routes import RECORDS
from artifact_assets.domain.states import IntentState, MeetingState

POLL_SECONDS = 0.5
AT_DESTINATIONS = frozenset({IntentState.CONFIRMED, IntentState.DEAD_LETTER, IntentState.SUPERSEDED})


@dataclass(frozen=True)
class Eraser:
    """Erases meetings. ``copies`` are places that words went to, by the step that clears them.

    ``is_gone`` tells whether the owner of a lease can no longer be working; a living one is waited for up to
    ``patience_seconds``.
    """

    book: ErasureBook
    store: RemovableStore
    sources: RemovableSources
    tombstones: Tombstones
    clock: Clock
    is_gone: Callable[[str], bool]
    copies: Mapping[ErasureStep, tuple[Copies, ...]] = field(default_factory=dict[ErasureStep, tuple[Copies, ...]])
    patience_seconds: float = 600.0

    async def preview(self, meeting_id: str) -> Holdings:
        """What an erasure would work through. Raises PipelineError(unreadable_input) for an unknown meeting."""
        held = await self.book.holdings(meeting_id)
        if held is None:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"There is no meeting {meeting_id}, so nothing was erased.",
                "List the known ones with `meetings`.",
            )
        return held

    async def erase(self, meeting_id: str, who: str) -> Erasure:
        """Erase a meeting, or go on with its erasure; one that is finished is returned as it is.

        Raises PipelineError(storage_unavailable) while a living run holds the meeting for longer than our patience.
        """
        held = await self.preview(meeting_id)
        if held.meeting.state is not MeetingState.ERASED or await self.book.erasure(meeting_id) is None:
            await self._close(Tombstone(meeting_id, self.clock.now(), ()))
        return await self._go_on(meeting_id, who)

    async def resume(self, who: str) -> tuple[Erasure, ...]:
        """Go on with every erasure that was cut off, and begin those that a restored ledger forgot.

        One that cannot be finished holds up none of the others: the first of their errors is raised in the end.
        """
        await replant(self.book, self.tombstones)
        done, refused = list[Erasure](), list[PipelineError]()
        for erasure in await self.book.erasures(unfinished=True):
            try:
                done.append(await self._go_on(erasure.meeting_id, who))
            except PipelineError as error:
                refused.append(error)
        if refused:
            raise refused[0]
        return tuple(done)

    async def _close(self, stone: Tombstone) -> None:
        give_up, displacing = self.clock.monotonic() + self.patience_seconds, None
        while (holder := await self.book.close(stone, displacing=displacing)) is not None:
            if self.is_gone(holder):
                displacing = holder
            elif self.clock.monotonic() < give_up:
                await self.clock.sleep(POLL_SECONDS)
            else:
                raise PipelineError(
                    FailureClass.STORAGE_UNAVAILABLE,
                    f"{stone.meeting_id} is being worked on by a run, so it was not erased.",
                    "Stop that run, or wait until it ends; then say it again.",
                )

    async def _go_on(self, meeting_id: str, who: str) -> Erasure:
        erasure = await self._known(meeting_id)
        if erasure.finished_at is not None:
            return erasure
        for step in ErasureStep:
            if step not in erasure.steps:
                taken = await self._steps[step](erasure)
                await self.book.done(meeting_id, step, taken)
        await self.book.finish(meeting_id, who, self.clock.now())
        return await self._known(meeting_id)

    @property
    def _steps(self) -> Mapping[ErasureStep, Callable[[Erasure], Awaitable[Taken]]]:
        return {
            ErasureStep.TOMBSTONE: self._bury,
            ErasureStep.SOURCES: self._sources,
            ErasureStep.RECORDS: self._records,
            ErasureStep.COPIES: lambda erasure: self._copies(erasure, ErasureStep.COPIES),
            ErasureStep.DAGSTER: lambda erasure: self._copies(erasure, ErasureStep.DAGSTER),
            ErasureStep.DOCUMENTS: self._documents,
            ErasureStep.LEDGER: self._ledger,
            ErasureStep.COMPACT: self._compact,
        }

    async def _known(self, meeting_id: str) -> Erasure:
        erasure = await self.book.erasure(meeting_id)
        assert erasure is not None
        return erasure

    async def _bury(self, erasure: Erasure) -> Taken:
        await self.tombstones.write(erasure.tombstone)
        return Taken(1)

    async def _sources(self, erasure: Erasure) -> Taken:
        ours = [source for source in erasure.sources if self.sources.ours(source)]
        removed = [await self.sources.remove(source) for source in ours]
        # The path is not kept: a file's name may be a person's.
        foreign = len(erasure.sources) - len(ours)
        return Taken(sum(removed), ({"what": "source files outside the inbox", "count": foreign},) if foreign else ())

    async def _records(self, erasure: Erasure) -> Taken:
        """The embedded record store's part, and what stays at destinations that are not ours."""
        while await self.book.call_off(erasure.meeting_id, self.clock.now()):
            await self.clock.sleep(POLL_SECONDS)
        held = await self.book.holdings(erasure.meeting_id)
        taken = await self._copies(erasure, ErasureStep.RECORDS)
        foreign = [intent for intent in held.intents if intent.destination != RECORDS] if held is not None else []
        left = [at_destination(intent) for intent in foreign]
        batches = [{"what": "batch at the model's provider", "id": batch} for batch in held.batches] if held else []
        return Taken(taken.removed, (*taken.remains, *filter(None, left), *batches))

    async def _copies(self, erasure: Erasure, step: ErasureStep) -> Taken:
        held = await self.book.holdings(erasure.meeting_id)
        intents = held.intents if held is not None else ()
        taken = [await place.forget(erasure.meeting_id, intents) for place in self.copies.get(step, ())]
        return Taken(sum(each.removed for each in taken), tuple(left for each in taken for left in each.remains))

    async def _documents(self, erasure: Erasure) -> Taken:
        # Read again: a restored ledger, or a writer that was still under way, may name more than when it was closed.
        held = await self.book.holdings(erasure.meeting_id)
        named = {*erasure.documents, *erasure.transcripts, *(held.documents if held is not None else ())}
        free = await self.book.free(sorted(named), erasure.meeting_id)
        removed = [await self.store.remove(digest) for digest in free]
        shared = len(named) - len(free)
        told: Json = {"what": "documents that another meeting has too", "count": shared}
        return Taken(sum(removed), (told,) if shared else ())

    async def _ledger(self, erasure: Erasure) -> Taken:
        return Taken(await self.book.scrub(erasure.meeting_id))

    async def _compact(self, erasure: Erasure) -> Taken:
        del erasure
        await self.book.compact()
        return Taken()


async def replant(book: ErasureBook, tombstones: Tombstones) -> int:
    """Close meetings that tombstones name and a restored ledger has open; returns how many. The rest is ``resume``'s.

    Leases in such a ledger are as old as its backup: nobody is waited for.
    """
    known, back = {erasure.meeting_id for erasure in await book.erasures()}, 0
    for stone in await tombstones.read():
        if stone.meeting_id not in known:
            holder = await book.close(stone)
            if holder is not None:
                await book.close(stone, displacing=holder)
            back += 1
    return back


def at_destination(intent: Intent) -> Mapping[str, Any] | None:
    """A record at a destination that is not ours to remove, by id and link; None when nothing was written there."""
    landed = intent.receipt is not None and intent.receipt.get("record_id") is not None
    if intent.state not in AT_DESTINATIONS or not (landed or intent.state is IntentState.DEAD_LETTER):
        return None
    receipt = intent.receipt or {}
    return {
        "what": "record at a destination" if landed else "write that may have landed",
        "destination": intent.destination,
        "operation": intent.operation,
        "record_id": receipt.get("record_id"),
        "url": receipt.get("url"),
        "marker": intent.record_key[:12],
    }
