"""Stage 4, validated: every claim judged, every item with an id that stays.

What belongs here: handing the extraction to the rules and remembering whose id is whose. What does not: the rules (see
``artifact_assets.domain.art``). Nothing stored here depends on the time; timeliness is judged for the check, and again
before each write.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from artifact_assets.domain.art.checks import accurate_check, relevant_check, timely_check
from artifact_assets.domain.art.decisions import Decision, decide
from artifact_assets.domain.art.identity import Identified, KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judgement import judge, recheck_in, scene_of
from artifact_assets.domain.artifact import Artifact, Item, ItemKind, ItemState
from artifact_assets.domain.records import CheckResult, Counts, Json, KnownItem
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.decisions import decisions_in, decisions_key
from artifact_assets.stages.extracted import brief_for
from artifact_assets.stages.item_table import check_items
from artifact_assets.stages.stage import Outcome, StageWork


async def _components(case: Case) -> Json:
    configuration, digest = case.equipment.configuration, case.equipment.standing.digest
    vocabulary, art = configuration.vocabulary, configuration.art
    return {
        "extracted": case.documents[Stage.EXTRACTED],
        "normalized": case.documents[Stage.NORMALIZED],
        "vocabulary": digest("vocabulary", vocabulary, lambda: vocabulary.model_dump(mode="json")),
        "art": digest("art", art, art.judged_by),
        "decisions": list(await _decided(case)),
    }


async def _perform(case: Case) -> Outcome:
    equipment, transcript, extraction = case.equipment, await case.transcript(), await case.extraction()
    policy = equipment.configuration.art
    # Grounding is CPU work: off the event loop, so that a long meeting does not stall the others.
    judgement = await equipment.apart(lambda: judge(extraction, transcript, brief_for(case, transcript), policy))
    decisions = await decisions_in(await _decided(case), equipment.store)
    identified = assign_ids(
        equipment.tenant, case.meeting.meeting_id, judgement.items, await _known(case, decisions), policy.identity
    )
    if decisions:
        scene = scene_of(transcript, brief_for(case, transcript), policy)
        identified = decide(identified, decisions, partial(recheck_in, scene))
    artifact = Artifact(
        meeting_id=case.meeting.meeting_id,
        revision=case.meeting.revision,
        transcript_digest=case.documents[Stage.TRANSCRIPT],
        extraction_digest=case.documents[Stage.EXTRACTED],
        trace=extraction.trace,
        items=identified.items + identified.superseded,
        failures=judgement.failures,
        warnings=transcript.warnings + extraction.warnings,
    )
    # The last gate before anything is stored: a rule that let something through by mistake is stopped here.
    await equipment.apart(lambda: check_items(artifact))
    digest = await case.keep(artifact)
    return Outcome(
        document=digest,
        items=_rows(case, artifact, digest),
        counts=Counts(items=len(identified.items), quarantined=len(artifact.quarantined)),
        metadata={**describe(artifact, identified), "document": equipment.store.location(digest)},
        checks=await art_checks(case, artifact),
    )


async def _decided(case: Case) -> tuple[str, ...]:
    """The meeting's decisions as they were when this passage first asked: what is applied is what the stage's key names.

    One that a person makes meanwhile changes the key, so the next passage applies it.
    """
    if case.decided is None:
        case.decided = await decisions_key(case.meeting.meeting_id, case.equipment.ledger)
    return case.decided


async def art_checks(case: Case, artifact: Artifact) -> tuple[CheckResult, ...]:
    """The three ART verdicts on an artifact as of now."""
    transcript = await case.transcript()
    timely = timely_check(
        artifact,
        transcript.kind,
        transcript.started_at,
        case.meeting.received_at,
        case.equipment.clock.now(),
        case.equipment.configuration.art.timeliness,
    )
    return accurate_check(artifact), relevant_check(artifact), timely


def describe(artifact: Artifact, identified: Identified) -> Json:
    """Counts of items by fate."""
    return {
        "items": len(identified.items),
        "accepted": len(artifact.accepted),
        "quarantined": len(artifact.quarantined),
        "suggested": sum(item.state is ItemState.SUGGESTED for item in artifact.items),
        "known_before": len(identified.kept),
        "superseded": len(identified.superseded),
        "withheld": ", ".join(sorted({failure.code for failure in artifact.failures})) or None,
    }


async def _known(case: Case, decisions: Mapping[str, Decision]) -> tuple[KnownArtifactItem, ...]:
    """Items of this meeting as last stored; an edited one is known under the extractor's words too.

    An artifact document that is damaged leaves its items unmatched; their ids come out the same wherever their evidence does.
    """
    store, rows = case.equipment.store, {row.item_id: row for row in case.opened.items}
    found: dict[str, Item] = {}
    for digest in sorted({row.document for row in rows.values()}):
        if await store.intact(digest):
            artifact = Artifact.model_validate_json(await store.get(digest))
            found.update(
                {i.item_id: i for i in artifact.items if i.item_id in rows and rows[i.item_id].document == digest}
            )
    return tuple(
        KnownArtifactItem(item, rows[item_id].state, (decisions[item_id].original,) if item_id in decisions else ())
        for item_id, item in sorted(found.items())
    )


def _rows(case: Case, artifact: Artifact, document: str) -> tuple[KnownItem, ...]:
    now, before = case.equipment.clock.now(), {row.item_id: row for row in case.opened.items}
    return tuple(
        KnownItem(
            item_id=item.item_id,
            meeting_id=artifact.meeting_id,
            kind=ItemKind(item.content.kind),
            state=item.state,
            document=document,
            created_at=before[item.item_id].created_at if item.item_id in before else now,
            updated_at=now,
        )
        for item in artifact.items
    )


VALIDATED = StageWork(Stage.VALIDATED, "2", _components, _perform)
