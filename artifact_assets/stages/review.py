"""The reviewer's desk: what waits for a person, and what a person decides about it.

What belongs here: listing held items with their reasons and places, approving, editing, rejecting, and having the
outcome delivered. What does not: printing (a command or a web page does), recording (see ``decisions``) and the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from artifact_assets.domain.art.decisions import NEVER_WAIVED, Decision, Ruling
from artifact_assets.domain.art.judgement import recheck_in, scene_of
from artifact_assets.domain.art.timeliness import judge_timeliness
from artifact_assets.domain.artifact import Content, Item, ItemState, RuleFailure
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.grounding.places import Place, places_of
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.case import Case
from artifact_assets.stages.decisions import decisions_of, record
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.extracted import brief_for
from artifact_assets.stages.reading_back import readable_case
from artifact_assets.stages.result import MeetingResult, Report
from artifact_assets.stages.walk import Walk

HELD = frozenset({ItemState.QUARANTINED, ItemState.SUGGESTED})
_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


@dataclass(frozen=True)
class Waiting:
    """A held item as a reviewer needs to see it. Holds words of the meeting."""

    meeting_id: str
    item: Item
    places: tuple[Place, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Why it is held."""
        return tuple(dict.fromkeys(failure.code for failure in self.item.failures))


@dataclass(frozen=True)
class Reviewed:
    """What a decision came to. ``state`` is what the item becomes; ``late`` why it will not be delivered any more.

    ``asserted`` tells that an edited value is the person's own word, because the meeting does not say it.
    """

    meeting_id: str
    item_id: str
    ruling: Ruling
    state: ItemState
    asserted: bool
    late: tuple[RuleFailure, ...]


@dataclass(frozen=True)
class ReviewDesk:
    """Works on the stored meetings of ``equipment``. Nothing is written to a destination before ``deliver``."""

    equipment: Equipment

    async def waiting(
        self, *, meeting_ids: Iterable[str] | None = None, kind: str | None = None, code: str | None = None
    ) -> tuple[Waiting, ...]:
        """Held items, in the order their meetings came in; narrowed by meeting, kind of item or code of a reason."""
        found: list[Waiting] = []
        for meeting in await self.equipment.ledger.meetings(ids=meeting_ids):
            rows = await self.equipment.ledger.items(meeting.meeting_id)
            if any(row.state in HELD for row in rows):
                found.extend(await self._held(meeting.meeting_id))
        return tuple(w for w in found if kind in (None, w.item.content.kind) and (code is None or code in w.codes))

    async def approve(self, item_ids: Sequence[str], by: str, why: str) -> tuple[Reviewed, ...]:
        """Set the present reasons against items aside. Nothing is recorded when one of them cannot be approved."""
        return await self._rule(item_ids, Ruling.APPROVE, by, why, {})

    async def reject(self, item_ids: Sequence[str], by: str, why: str) -> tuple[Reviewed, ...]:
        """Refuse items for good; they do not come back, however the next extraction words them."""
        return await self._rule(item_ids, Ruling.REJECT, by, why, {})

    async def edit(self, item_id: str, changes: Mapping[str, str | None], by: str, why: str) -> Reviewed:
        """Replace parts of an item's content: ``{"value": "40"}``, ``{"owner": "Ana", "due": "2026-11-20"}``."""
        return (await self._rule([item_id], Ruling.EDIT, by, why, changes))[0]

    async def deliver(self, meeting_ids: Iterable[str], run_id: str, report: Report) -> tuple[MeetingResult, ...]:
        """Judge the meetings again with what was decided and write what is new; what is written already stays."""
        stages = frozenset({Stage.VALIDATED, Stage.DELIVERED})
        return await Walk(self.equipment, run_id, stages, report).over(dict.fromkeys(meeting_ids))

    async def _held(self, meeting_id: str) -> list[Waiting]:
        case = await readable_case(self.equipment, meeting_id)
        if case is None or Stage.VALIDATED not in case.documents:
            return []
        artifact, transcript = await case.artifact(), await case.transcript()
        return [
            Waiting(meeting_id, item, places_of(item.evidence, transcript))
            for item in artifact.items
            if item.state in HELD
        ]

    async def _rule(
        self, item_ids: Sequence[str], ruling: Ruling, by: str, why: str, changes: Mapping[str, str | None]
    ) -> tuple[Reviewed, ...]:
        now, word = self.equipment.clock.now(), _word(by, why)
        made: list[tuple[str, Decision, Reviewed]] = []
        for item_id in dict.fromkeys(item_ids):
            case, item = await self._find(item_id)
            before = await decisions_of(case.meeting.meeting_id, self.equipment.ledger, self.equipment.store)
            ask = _Ask(ruling, *word, changes, now, before.get(item_id))
            made.append((case.meeting.meeting_id, *_decision(case, await case.transcript(), item, ask)))
        for meeting_id, decision, _ in made:
            await record(decision, meeting_id, self.equipment.ledger, self.equipment.store)
        return tuple(reviewed for _, _, reviewed in made)

    async def _find(self, item_id: str) -> tuple[Case, Item]:
        for meeting in await self.equipment.ledger.meetings():
            if any(row.item_id == item_id for row in await self.equipment.ledger.items(meeting.meeting_id)):
                case = await readable_case(self.equipment, meeting.meeting_id)
                if case is not None and Stage.VALIDATED in case.documents:
                    found = next((i for i in (await case.artifact()).items if i.item_id == item_id), None)
                    if found is not None:
                        return case, found
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"No stored meeting has an item {item_id}, so nothing was decided.",
            "See `review list` for the ids.",
        )


@dataclass(frozen=True)
class _Ask:
    """What a person wants of one item; ``before`` is what somebody decided about it earlier."""

    ruling: Ruling
    by: str
    why: str
    changes: Mapping[str, str | None]
    at: datetime
    before: Decision | None


def _word(by: str, why: str) -> tuple[str, str]:
    if by.strip() and why.strip():
        return by.strip(), why.strip()
    raise PipelineError(
        FailureClass.UNREADABLE_INPUT,
        "A decision needs who makes it and why, so nothing was recorded.",
        "Give both --by and --why.",
    )


def _decision(case: Case, transcript: Transcript, item: Item, ask: _Ask) -> tuple[Decision, Reviewed]:
    ruling = ask.ruling
    policy = case.equipment.configuration.art
    content = _changed(item, ask.changes) if ruling is Ruling.EDIT else item.content
    scene = scene_of(transcript, brief_for(case, transcript), policy)
    evidence, failures = recheck_in(scene, content, item.evidence)
    if ruling is not Ruling.REJECT:
        _refuse_impossible(item.item_id, failures)
    # The reasons the person saw, and those this content alone meets: both are set aside by approving it.
    seen = {failure.code for failure in (*item.failures, *failures)} - NEVER_WAIVED
    decision = Decision(
        item_id=item.item_id,
        ruling=ruling,
        by=ask.by,
        why=ask.why,
        at=ask.at,
        content=content,
        original=item.content if ask.before is None else ask.before.original,
        evidence=evidence,
        waived=tuple(sorted(seen)) if ruling is Ruling.APPROVE else (),
    )
    late = judge_timeliness(transcript.started_at, content, ask.at, policy.timeliness)
    state = ItemState.REJECTED if ruling is Ruling.REJECT else ItemState.EXPIRED if late else ItemState.ACCEPTED
    asserted = ruling is Ruling.EDIT and bool(failures)
    return decision, Reviewed(case.meeting.meeting_id, item.item_id, ruling, state, asserted, late)


def _changed(item: Item, changes: Mapping[str, str | None]) -> Content:
    known = item.content.model_dump(mode="json")
    wrong = sorted((set(changes) - set(known)) | ({"kind"} & set(changes)))
    # A new day makes the old words for it untrue.
    cleared = {"due_text": None} if "due" in changes and "due_text" in known else {}
    try:
        if not wrong and changes:
            return _CONTENT.validate_python({**known, **cleared, **changes})
    except ValidationError as error:
        wrong = sorted({str(part["loc"][-1]) for part in error.errors(include_input=False, include_url=False)})
    raise PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"Item {item.item_id} was not edited: "
        + (f"{', '.join(wrong)} cannot be set so." if wrong else "nothing changes."),
        f"An item of kind {item.content.kind} has: {', '.join(sorted(set(known) - {'kind'}))}; days read 2026-11-30.",
    )


def _refuse_impossible(item_id: str, failures: Sequence[RuleFailure]) -> None:
    hard = sorted({failure.code for failure in failures if failure.code in NEVER_WAIVED})
    if hard:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"Item {item_id} cannot be approved as it is ({', '.join(hard)}), so nothing was recorded.",
            "Edit its value to an allowed one, configure the field or tag, or reject it.",
        )
