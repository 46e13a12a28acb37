"""``doctor``: is everything in place, and if not, what to do.

What belongs here: running the checks one after the other and printing them. What does not: repairing anything.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from artifact_assets.commands.destinations import proof_of
from artifact_assets.commands.output import json_option, print_json
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.inbox import entries
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.mapping_check import Problem, problems
from artifact_assets.stages.retaining import unconfirmed
from artifact_assets.wiring import open_equipment, open_ledger
from resources.artifact_store import open_store
from resources.files import is_url, open_to_others
from resources.inbox import FileInbox
from resources.ledger.erasure_book import SqlErasures
from resources.ledger.retention_book import SqlRetentions
from resources.ledger.schema import ledger_version

PROBE = b"doctor"


@dataclass(frozen=True)
class Finding:
    """One check's outcome. ``remedy`` is None when all is well."""

    check: str
    ok: bool
    says: str
    remedy: str | None = None


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check configuration, home, ledger, store, extractor and destinations; exit 1 when something needs a hand."""
    findings = [_examined(name, check) for name, check in _CHECKS]
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        told: set[str] = set()
        for finding in findings:
            says = displayed_line(finding.says) if finding.ok or finding.says not in told else "as above"
            click.secho(f"{'ok  ' if finding.ok else 'BAD '} {finding.check}: {says}", fg=None if finding.ok else "red")
            if finding.remedy and finding.says not in told:
                click.echo(f"     {displayed_line(finding.remedy)}")
            told.add(finding.says)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def _examined(name: str, check: Callable[[Settings], str]) -> Finding:
    try:
        return Finding(name, True, check(settings()))
    except PipelineError as error:
        return Finding(name, False, f"[{error.failure_class}] {error.cause}", error.remedy)


def _configuration(where: Settings) -> str:
    read = configuration()
    named = where.config.name if where.config else "the defaults (ARTIFACTS_CONFIG is not set)"
    return f"{named}: {len(read.tags)} tags, {len(read.fields)} fields"


def _home(where: Settings) -> str:
    """Whether it can be written, and whether it and what holds words below it are closed to everybody else."""
    where.make_home()
    wide, inbox = _open_places(where), Path(where.inbox)
    if wide:
        modes = (
            ("go-rwx", [path for path in wide if path != inbox]),
            ("o-rwx", [path for path in wide if path == inbox]),
        )
        command = " && ".join(f"chmod {mode} {shlex.join(map(str, paths))}" for mode, paths in modes if paths)
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"{wide[0]} can be read by other users of this machine"
            + (f", and so can {len(wide) - 1} more" if len(wide) > 1 else "")
            + ", so they may read what was said in meetings.",
            f"Run `{command}`.",
        )
    return f"{where.home}, closed to other users"


def _open_places(where: Settings) -> list[Path]:
    """What holds words and is open to others, the home first; what lies in a closed home is closed by it."""
    files = [where.home / name for name in ("ledger.db", "records.db", "erasures.jsonl")]
    store = [] if is_url(where.store) else [Path(where.store)]
    wide = [
        path
        for path in (where.home, where.dagster_home, where.export, where.home / "evals", *store, *files)
        if open_to_others(path)
    ]
    # Others drop files there, so the group's rights are nobody's mistake.
    if not is_url(where.inbox) and open_to_others(Path(where.inbox), beside_group=True):
        wide.append(Path(where.inbox))
    closed = not open_to_others(where.home)
    return [path for path in wide if not (closed and where.home in path.parents)]


def _ledger(where: Settings) -> str:
    with open_ledger(where) as ledger:
        known = len(asyncio.run(ledger.meetings()))
    return f"schema {ledger_version(where.database_url)}, {known} meetings, tenant {where.tenant}"


def _restored(where: Settings) -> str:
    """Whether an older ledger was put back beside newer destinations, or beside erasures it knew nothing of."""
    with open_equipment(where) as equipment, open_ledger(where) as ledger:
        looking = [row.name for row in asyncio.run(equipment.ledger.destination_rows()) if row.look_first]
        unfinished = asyncio.run(SqlErasures(ledger).erasures(unfinished=True))
    if looking:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"The ledger is older than what {', '.join(looking)} may hold, so every key is looked up before its first send.",
            "Run `deliveries reconcile --adopt` before anything else.",
        )
    if unfinished:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"{len(unfinished)} erasures are not finished, so words of those meetings may still be there.",
            "Run `forget --resume`.",
        )
    return "the ledger is the newest seen; no erasure is unfinished"


def _retention(where: Settings) -> str:
    """Whether what the configuration promises to remove is removed: a policy that nobody confirmed removes nothing."""
    policy = configuration().retention
    if not policy.is_on:
        return "off: no period is configured, so everything is kept"
    with open_ledger(where) as ledger:
        if asyncio.run(SqlRetentions(ledger).confirmed()) != policy.id:
            raise unconfirmed(policy)
    return f"policy {policy.id} is confirmed; the job tend_privacy makes a pass every night"


def _store(where: Settings) -> str:
    store = open_store(where.store)
    digest = asyncio.run(store.put(PROBE))
    asyncio.run(store.get(sha256(PROBE)))
    return f"writable and verified ({digest[:8]})"


def _inbox(where: Settings) -> str:
    found = entries(asyncio.run(FileInbox(where.inbox).files()))
    # A URL may hold a key.
    named = where.inbox if "://" not in where.inbox else f"{where.inbox.partition('://')[0]}://..."
    return f"{named}, {len(found)} transcripts"


def _extractor(where: Settings) -> str:
    with open_equipment(where) as equipment:
        identity = equipment.extractor.identity
    named = ", ".join(f"{key} {value}" for key, value in identity.items() if len(value) < 40)
    return named + ("" if where.llm_model else " (no model is configured: ARTIFACTS_LLM_MODEL)")


def _destinations(where: Settings) -> str:
    with open_equipment(where) as equipment:
        told, wrong = asyncio.run(_asked(equipment))
    if wrong:
        first = wrong[0]
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise PipelineError(FailureClass.UNREADABLE_INPUT, f"{first.place}: {first.says}{more}.", first.remedy)
    return "; ".join(told)


async def _asked(equipment: Equipment) -> tuple[list[str], list[Problem]]:
    """Each destination's account, how far it was tried, its rungs and warnings; and what is wrong with the mappings."""
    told: list[str] = []
    for name, destination in equipment.destinations.items():
        preflight = await destination.preflight()
        first = {
            operation: one for operation, one in preflight.capabilities.items() if not operation.startswith("withdraw_")
        }
        rungs = ", ".join(f"{operation} {one.rung}" for operation, one in first.items())
        words = [f"{name}: {destination.vendor} ({proof_of(destination.vendor)}), account {preflight.account}: {rungs}"]
        told.append(". ".join([*words, *preflight.warnings]))
    return told, await problems(equipment)


_CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("configuration", _configuration),
    ("home", _home),
    ("ledger", _ledger),
    ("restore", _restored),
    ("retention", _retention),
    ("store", _store),
    ("inbox", _inbox),
    ("extractor", _extractor),
    ("destinations", _destinations),
)
