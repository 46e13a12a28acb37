"""``retention``: what has been kept long enough, and removing it.

What belongs here: the command. What does not: removing (see ``stages.retaining``).
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import Any

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.commands.progress import progress
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.retention import Need, Outlook, Part
from artifact_assets.stages.retaining import Foreseen, Passed, Retaining

SHOWN = 20


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be removed and what is kept for what; change nothing.")
@click.option(
    "--confirm", metavar="POLICY", help="You saw what this policy removes: remove it now, and nightly from now on."
)
@json_option
def retention(dry_run: bool, confirm: str | None, as_json: bool) -> None:
    """Remove what the configuration's `retention` section says has been kept long enough; the nightly job does the same."""
    from artifact_assets.erasure_wiring import open_retaining
    from artifact_assets.instance import open_instance

    where = settings()
    where.make_home()
    with open_instance(where) as instance, open_retaining(where, instance) as work, progress("meetings", 0) as bar:
        if not work.policy.is_on:
            _off(as_json)
            return
        if dry_run:
            foreseen = asyncio.run(work.foresee(bar.advance))
            bar.hide()
            _print_foreseen(work, foreseen, asyncio.run(work.is_confirmed()), as_json)
            return
        if confirm is not None:
            asyncio.run(_confirm(work, confirm))
        passed = asyncio.run(work.go(who(), bar.advance))
    _print_passed(passed, as_json)
    sys.exit(0)


async def _confirm(work: Retaining, policy_id: str) -> None:
    if policy_id != work.policy.id:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The retention policy is {work.policy.id} and not {policy_id[:20]!a}, so nothing was confirmed or removed.",
            "Look at what it removes with `retention --dry-run`, which names it.",
        )
    await work.book.confirm(policy_id, who(), work.clock.now())


def _off(as_json: bool) -> None:
    if as_json:
        print_json({"policy": None, "parts": [], "kept": []})
        return
    remark("Retention is off: the configuration gives no period. See docs/privacy.md.")


def _print_foreseen(work: Retaining, foreseen: Foreseen, confirmed: bool, as_json: bool) -> None:
    goes = [one for one in foreseen.outlooks if not one.needs]
    kept = [one for one in foreseen.outlooks if one.needs]
    parts = _by_kind(goes)
    if as_json:
        print_json(
            {
                "dry_run": True,
                "policy": work.policy.id,
                "confirmed": confirmed,
                "parts": parts,
                "meetings": [{"meeting_id": one.meeting.meeting_id, "parts": list(one.parts)} for one in goes],
                "kept": [{"meeting_id": one.meeting.meeting_id, "needs": list(one.needs)} for one in kept],
                "outside_the_inbox": sum(one.outside for one in goes),
                "unfinished": len({one.meeting_id for one in foreseen.unfinished}),
            }
        )
        return
    print_table(
        ("kind", "what would go", "meetings", "things"),
        ((row["kind"] or "(none)", row["part"], row["meetings"], row["things"]) for row in parts),
        empty="Nothing has been kept long enough.",
    )
    if kept:
        print_table(
            ("kept", "because"),
            ((one.meeting.meeting_id, "; ".join(one.needs)) for one in kept[:SHOWN]),
            empty="",
        )
        if len(kept) > SHOWN:
            remark(f"And {len(kept) - SHOWN} more are kept; `--json` lists them.")
    if outside := sum(one.outside for one in goes):
        remark(f"{outside} files do not lie in the inbox and stay where they are; only their paths go.")
    if foreseen.unfinished:
        remark(
            f"{len({one.meeting_id for one in foreseen.unfinished})} meetings were begun earlier and are finished first."
        )
    remark("Nothing was removed: this was a dry run.")
    if not confirmed:
        remark(f"Nobody confirmed this policy yet. If this is what should go: retention --confirm {work.policy.id}")


def _by_kind(goes: list[Outlook]) -> list[dict[str, Any]]:
    meetings, things = Counter[tuple[str, Part]](), Counter[tuple[str, Part]]()
    for one in goes:
        for part in one.parts:
            meetings[one.meeting.kind or "", part] += 1
            things[one.meeting.kind or "", part] += one.things.get(part, 0)
    return [
        {"kind": kind or None, "part": part.value, "meetings": count, "things": things[kind, part]}
        for (kind, part), count in sorted(meetings.items())
    ]


def _print_passed(passed: Passed, as_json: bool) -> None:
    parts = sorted(passed.parts.items())
    kept: list[tuple[Need, int]] = sorted(passed.kept.items())
    if as_json:
        rows = [{"kind": kind or None, "part": part.value, "meetings": count} for (kind, part), count in parts]
        needs = [{"need": need.value, "meetings": count} for need, count in kept]
        print_json({"dry_run": False, "meetings": passed.meetings, "parts": rows, "kept": needs})
        return
    print_table(
        ("kind", "what went", "meetings"),
        ((kind or "(none)", part.value, count) for (kind, part), count in parts),
        empty="Nothing was removed.",
    )
    for need, count in kept:
        remark(f"{count} meetings are kept: {need.value}.")
