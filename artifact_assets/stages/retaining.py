"""Removing what has been kept long enough: one pass, each step safe to repeat.

What belongs here: the order of a removal, going on after a kill, and what a pass came to. What does not: periods and reasons
(see ``domain.retention``), the ledger's part (behind its port), and erasing on request (see ``erasing``).

A removal is begun in one transaction that finds nobody in need of the meeting; from then on the meeting is not run on what
goes. Everything after may be cut off anywhere: the next pass goes on with what was begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from artifact_assets.domain.erasure_ports import Copies, RemovableSources, RemovableStore
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.retention import Need, Outlook, Part, Removal, RetentionPolicy
from artifact_assets.domain.retention_ports import RetentionBook

PAGE = 500


def _nobody() -> None:
    return


@dataclass(frozen=True)
class Foreseen:
    """What a pass would do: outlooks of meetings that are due, removals that a pass before left unfinished."""

    outlooks: tuple[Outlook, ...] = ()
    unfinished: tuple[Removal, ...] = ()


@dataclass(frozen=True)
class Passed:
    """What a pass came to: parts that went by kind and part, and of the meetings that were kept how many for what."""

    meetings: int = 0
    parts: Counter[tuple[str, Part]] = field(default_factory=Counter[tuple[str, Part]])
    kept: Counter[Need] = field(default_factory=Counter[Need])
    failed: int = 0


@dataclass(frozen=True)
class Retaining:
    """Removes by ``policy``. ``targeted`` names the meetings that runs and backfills of Dagster are about, asked once a page.

    ``quotes`` are places of words that go with a meeting's documents.
    """

    policy: RetentionPolicy
    book: RetentionBook
    store: RemovableStore
    sources: RemovableSources
    clock: Clock
    targeted: Callable[[], Awaitable[frozenset[str]]]
    quotes: tuple[Copies, ...] = ()

    async def foresee(self, looked_at: Callable[[], None] = _nobody) -> Foreseen:
        """What a pass would do now. Changes nothing."""
        found: list[Outlook] = []
        async for meeting, parts, targeted in self._due():
            looked_at()
            now = self.clock.now()
            reviews = self.policy.reviews_hold(meeting.received_at, now)
            seen = await self.book.outlook(meeting.meeting_id, parts, now, reviews=reviews)
            if seen is not None:
                found.append(self._seen(seen, targeted=targeted))
        return Foreseen(tuple(found), await self.book.unfinished())

    def _seen(self, seen: Outlook, *, targeted: bool) -> Outlook:
        """What the ledger says, with what only the inbox and Dagster know."""
        if targeted or seen.needs:
            return replace(seen, needs=(*((Need.TARGETED,) if targeted else ()), *seen.needs), things={})
        ours = sum(self.sources.ours(source) for source in seen.sources)
        things = {**seen.things, **({Part.SOURCE: ours} if Part.SOURCE in seen.things else {})}
        return replace(seen, things=things, outside=len(seen.sources) - ours)

    async def is_confirmed(self) -> bool:
        """Whether somebody looked at what this very policy removes, and said so."""
        return await self.book.confirmed() == self.policy.id

    async def finish_begun(self, who: str) -> None:
        """Finish what an earlier pass began, whatever the policy is by now: half a removal is no state to leave anything in."""
        pass_ = _Pass(self, who)
        await pass_.finish_begun()
        await pass_.end()
        if pass_.errors:
            raise pass_.errors[0]

    async def go(self, who: str, removed: Callable[[], None] = _nobody) -> Passed:
        """One pass. Raises PipelineError(unreadable_input) when the policy is not confirmed, having removed nothing.

        A meeting whose removal fails holds up none of the others; it is left begun, and the first such error raised in the end.
        """
        if not await self.is_confirmed():
            raise unconfirmed(self.policy)
        pass_ = _Pass(self, who)
        await pass_.finish_begun()
        async for meeting, parts, targeted in self._due():
            if pass_.meetings >= self.policy.meetings_per_pass:
                break
            if targeted:
                pass_.kept[Need.TARGETED] += 1
                continue
            if await pass_.remove(meeting, parts):
                removed()
        await pass_.end()
        if pass_.errors:
            raise pass_.errors[0]
        return Passed(pass_.meetings, pass_.parts, pass_.kept)

    async def _due(self) -> AsyncGenerator[tuple[Meeting, tuple[Part, ...], bool]]:
        after: int | None = 0
        while after is not None and self.policy.is_on:
            page, after = await self.book.candidates(self.policy, self.clock.now(), after=after, most=PAGE)
            targeted = await self.targeted() if page else frozenset[str]()
            for meeting, parts in page:
                yield meeting, parts, meeting.meeting_id in targeted

    async def _take(self, removal: Removal) -> int:
        """Remove the part itself, wherever it lies, and then its traces in the ledger; how many things went."""
        took = 0
        if removal.part is Part.SOURCE:
            took = sum([await self.sources.remove(one) for one in removal.sources if self.sources.ours(one)])
        elif removal.part is not Part.LEDGER_TEXT:
            free = await self.book.free(removal.documents, removal.meeting_id)
            took = sum([await self.store.remove(digest) for digest in free])
        if removal.part is Part.DOCUMENTS:
            for place in self.quotes:
                await place.forget(removal.meeting_id, ())
        await self.book.blank(removal)
        return took


@dataclass
class _Pass:
    """One pass on its way."""

    work: Retaining
    who: str
    meetings: int = 0
    parts: Counter[tuple[str, Part]] = field(default_factory=Counter[tuple[str, Part]])
    kept: Counter[Need] = field(default_factory=Counter[Need])
    errors: list[PipelineError] = field(default_factory=list[PipelineError])
    _done: dict[Removal, int] = field(default_factory=dict[Removal, int])

    async def finish_begun(self) -> None:
        """Go on with what an earlier pass began."""
        begun = await self.work.book.unfinished()
        await self._carry_out(begun)
        self.meetings += len({one.meeting_id for one in begun})

    async def remove(self, meeting: Meeting, parts: tuple[Part, ...]) -> bool:
        """Remove parts of a meeting unless something needs it."""
        now = self.work.clock.now()
        reviews = self.work.policy.reviews_hold(meeting.received_at, now)
        begun = await self.work.book.begin(meeting.meeting_id, parts, now, reviews=reviews)
        removals = tuple(one for one in begun if isinstance(one, Removal))
        self.kept.update(one for one in begun if isinstance(one, Need))
        await self._carry_out(removals)
        self.meetings += bool(removals)
        return bool(removals)

    async def end(self) -> None:
        """Words that were removed lie in the database's files until these are compacted: only then are they gone."""
        if not self._done:
            return
        await self.work.book.compact()
        await self.work.book.finish(self._done, self.who, self.work.clock.now())
        self.parts.update((one.kind or "", one.part) for one in self._done)

    async def _carry_out(self, removals: tuple[Removal, ...]) -> None:
        failed: set[str] = set()
        # The ledger's words last: they tell where the rest lies.
        for one in sorted(removals, key=lambda removal: list(Part).index(removal.part)):
            if one.meeting_id in failed:
                continue
            try:
                self._done[one] = await self.work._take(one)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its own pass
            except PipelineError as error:
                failed.add(one.meeting_id)
                self.errors.append(error)


def unconfirmed(policy: RetentionPolicy) -> PipelineError:
    """Why nothing is removed before somebody looked."""
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"Nobody has confirmed what retention policy {policy.id} removes, so nothing was removed.",
        f"Look with `retention --dry-run`, then say `retention --confirm {policy.id}`; a changed policy asks again.",
    )
