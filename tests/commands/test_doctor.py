"""What `doctor` finds: a home that others can read, an older ledger that was put back, erasures that were cut off."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artifact_assets.domain.erasure import Tombstone
from artifact_assets.domain.exchange import SwitchState
from resources.clock import SystemClock
from resources.ledger.erasure_book import SqlErasures
from resources.ledger.ledger import open_ledger
from tests.commands.shell import Shell
from tests.contracts.ledger_values import planned

NOW = datetime(2026, 11, 17, 11, tzinfo=UTC)


def finding(shell: Shell, check: str) -> dict[str, Any]:
    done = shell("doctor", "--json")
    (found,) = [one for one in done.json() if one["check"] == check]
    assert done.code == 0 or not all(one["ok"] for one in done.json())
    return found


def test_a_home_made_by_hand_is_told_with_the_command_that_closes_it(shell: Shell, tmp_path: Path) -> None:
    shell = replace(shell, home=tmp_path / "a home")
    shell.home.mkdir(mode=0o755)
    shell.home.chmod(0o755)
    assert shell("meetings").code == 0
    (shell.home / "evals").mkdir(mode=0o755)
    found = finding(shell, "home")
    assert not found["ok"]
    assert "other users" in found["says"]
    command = found["remedy"].removeprefix("Run `").removesuffix("`.")
    assert shlex.quote(str(shell.home)) in command
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert stat.S_IMODE(shell.home.stat().st_mode) == 0o700
    assert finding(shell, "home")["ok"]


def test_a_home_that_the_program_made_is_closed_whatever_the_umask(shell: Shell) -> None:
    assert shell("meetings").code == 0
    assert finding(shell, "home")["ok"]
    # An inbox that others write into is theirs to read.
    shell.variables["ARTIFACTS_INBOX"] = str(shell.home.parent / "dropped")
    dropped = shell.home.parent / "dropped"
    dropped.mkdir()
    dropped.chmod(0o770)
    assert finding(shell, "home")["ok"]
    dropped.chmod(0o775)
    found = finding(shell, "home")
    assert "dropped" in found["says"]
    assert "dropped" in found["remedy"]


def test_a_ledger_that_was_put_back_is_told_until_the_records_were_counted(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text(
        "destinations: {hook: {vendor: webhook, secret: HOOK, base_url: 'https://hook.invalid', account: receiver}}\n"
    )
    shell.variables.update(ARTIFACTS_CONFIG=str(config), HOOK="s")
    file = shell.home / "ledger.db"
    with ledger_of(shell) as ledger:
        asyncio.run(ledger.meet("hook", "webhook", "receiver", NOW))
    assert finding(shell, "restore")["ok"]
    backup = shutil.copy(file, tmp_path / "backup.db")
    with ledger_of(shell) as ledger:
        asyncio.run(ledger.plan((planned(destination="hook"),), NOW))
        asyncio.run(ledger.claim("task-1", "run-1", 60, NOW))
    assert finding(shell, "restore")["ok"]
    for part in ("ledger.db-wal", "ledger.db-shm"):
        (shell.home / part).unlink(missing_ok=True)
    shutil.copy(backup, file)
    found = finding(shell, "restore")
    assert not found["ok"]
    assert "older" in found["says"]
    assert "deliveries reconcile" in found["remedy"]
    with ledger_of(shell) as ledger:
        (row,) = asyncio.run(ledger.destination_rows())
        assert (row.look_first, row.state) == (True, SwitchState.OPEN)


def test_each_destination_is_told_with_its_proof_and_the_rung_of_each_operation(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text(
        "destinations: {hook: {vendor: webhook, secret: HOOK, base_url: 'https://hook.invalid', account: receiver}}\n"
    )
    shell.variables.update(ARTIFACTS_CONFIG=str(config), HOOK="s")
    found = finding(shell, "destinations")
    assert found["ok"]
    for word in ("hook: webhook (fake only)", "add_tag idempotency_key", "(real server)", "create_task upsert_key"):
        assert word in found["says"]


def test_an_erasure_that_was_cut_off_is_told_until_it_is_finished(delivered: Shell) -> None:
    with ledger_of(delivered) as ledger:
        assert asyncio.run(SqlErasures(ledger).close(Tombstone("acme", NOW, ()))) is None
    found = finding(delivered, "restore")
    assert not found["ok"]
    assert "erasures are not finished" in found["says"]
    assert delivered("forget", "--resume").code == 0
    assert finding(delivered, "restore")["ok"]


def test_a_retention_that_nobody_confirmed_is_told_because_it_removes_nothing(shell: Shell, tmp_path: Path) -> None:
    assert "off" in finding(shell, "retention")["says"]
    config = tmp_path / "artifacts.yaml"
    config.write_text("retention: {default: {source: 30 days}}\n")
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    found = finding(shell, "retention")
    assert not found["ok"]
    policy = shell("retention", "--dry-run", "--json").json()["policy"]
    assert f"retention --confirm {policy}" in found["remedy"]
    assert shell("retention", "--confirm", policy).code == 0
    assert finding(shell, "retention")["ok"]
    config.write_text("retention: {default: {source: 3 days}}\n")
    assert not finding(shell, "retention")["ok"]


def ledger_of(shell: Shell) -> Any:
    """The home's ledger, opened beside the command line."""
    shell.home.mkdir(mode=0o700, exist_ok=True)
    return open_ledger(f"sqlite:///{shell.home / 'ledger.db'}", tenant="default", clock=SystemClock())
