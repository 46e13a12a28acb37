"""The five assets and their four checks as Dagster shows them.

What belongs here: specs with descriptions, kinds and owners. What does not: computing them (see ``meetings``).
"""

from __future__ import annotations

import warnings

import dagster as dg

from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.partitions import MEETINGS

GROUP = "meetings"
OWNERS = ["team:meeting-artifacts"]

_DESCRIPTIONS = {
    Stage.TRANSCRIPT: "The received file and its sidecar, kept unaltered under their digests.",
    Stage.NORMALIZED: "Speakers, turns and times in one shape, whatever tool made the transcript.",
    Stage.EXTRACTED: "The extractor's claims: action items, decisions, field updates, tags and next steps, each with a quote.",
    Stage.VALIDATED: "Every claim judged: grounded in the turns it cites, relevant, timely; with an id that stays.",
    Stage.DELIVERED: "Accepted items written to their records, exactly once in effect, with a receipt each.",
}
_KINDS = {
    Stage.TRANSCRIPT: {"file"},
    Stage.NORMALIZED: {"python", "polars"},
    Stage.EXTRACTED: {"python", "openai"},
    Stage.VALIDATED: {"python", "pandera"},
    Stage.DELIVERED: {"python"},
}


def asset_key(stage: Stage) -> dg.AssetKey:
    """The stage's asset key."""
    return dg.AssetKey(stage.value)


def asset_specs() -> list[dg.AssetSpec]:
    """One spec per stage, each depending on the one before. Skippable: the fused asset yields no outputs."""
    return [
        dg.AssetSpec(
            asset_key(stage),
            deps=[asset_key(stage.upstream)] if stage.upstream else [],
            description=_DESCRIPTIONS[stage],
            group_name=GROUP,
            owners=OWNERS,
            kinds=_KINDS[stage],
            partitions_def=MEETINGS,
            skippable=True,
        )
        for stage in STAGES
    ]


CHECKS: dict[str, tuple[Stage, str]] = {
    "accurate": (Stage.VALIDATED, "No invented facts: every quote is found in the turns it cites."),
    "relevant": (Stage.VALIDATED, "Every item maps to an action, a decision or something configured."),
    "timely": (Stage.VALIDATED, "The meeting was processed while its outcome is still useful."),
    "delivered_once": (Stage.DELIVERED, "Every accepted item has exactly one confirmed write with a receipt."),
}


BLOCKING = frozenset({"delivered_once"})
"""A blocking check that failed makes Dagster's "re-execute from asset failure" select its asset again. Nothing is downstream
of ``delivered``, so it blocks nothing; without it Dagster finds no asset to select and answers with an internal error."""


def check_specs() -> list[dg.AssetCheckSpec]:
    """One partitioned check per quality, and one for delivery."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview API: Dagster is pinned exactly and tests cover what is relied on.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                name,
                asset=asset_key(stage),
                description=description,
                partitions_def=MEETINGS,
                blocking=name in BLOCKING,
            )
            for name, (stage, description) in CHECKS.items()
        ]
