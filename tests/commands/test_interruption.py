"""Ctrl-C at any moment, a reader that goes away, and bugs: the shell around every command."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import types
from contextlib import closing
from pathlib import Path

import click
import pytest

from artifact_assets.commands import main
from tests.commands.shell import COMMAND, MEETING, ROOT, SPOKEN, Finished, Shell, write_meeting

MEETINGS = 40
PATIENCE_SECONDS = 60
INTERRUPTED_AT_IMPORT = """
import runpy, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
sys.argv = ["artifact_assets", "meetings"]
runpy.run_module("artifact_assets", run_name="__main__")
"""


def test_an_interrupted_run_keeps_what_is_finished_and_a_second_one_completes(shell: Shell, tmp_path: Path) -> None:
    long = MEETING + "".join(
        f"\n00:{n // 60:02d}:{n % 60:02d}.000 --> 00:{n // 60:02d}:{n % 60:02d}.900\nAda Moor: Words about nothing, {n}.\n"
        for n in range(11, 400)
    )
    files = [write_meeting(tmp_path, f"{n}.vtt", text=long, sidecar={"meeting_id": f"m{n}"}) for n in range(MEETINGS)]
    first = interrupted(shell, [*COMMAND, "process", *map(str, files)])
    assert first.code == 130, first
    assert first.out == ""
    assert first.err.splitlines() == ["interrupted. Finished stages are kept; run the command again to go on."]
    kept = checkpoints(shell.home)
    assert 0 < len(kept) < 5 * MEETINGS
    second = shell.process("process", *files, "--json")
    assert second.code == 0, second.err
    assert {(row["state"], row["delivered"]) for row in second.json()} == {("delivered", 2)}
    # Finished stages of the first run still carry its id: nothing was done twice.
    assert kept - checkpoints(shell.home) == set()
    assert {row["count"] for row in shell("records", "--json").json() if row["object"] in ("task", "note")} == {
        MEETINGS
    }


def test_an_interruption_while_loading_is_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED_AT_IMPORT], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 130
    assert done.stderr.decode().splitlines() == ["interrupted before anything was started."]


@pytest.mark.parametrize(
    "arguments", [["normalize", "my.vtt"], ["normalize", "long.vtt"], ["doctor", "--json"]], ids=" ".join
)
def test_a_reader_that_goes_away_is_no_error(shell: Shell, tmp_path: Path, arguments: list[str]) -> None:
    write_meeting(tmp_path)
    cues = (
        f"\n{n // 60:02d}:{n % 60:02d}.000 --> {n // 60:02d}:{n % 60:02d}.900\nAda: {n}.\n" for n in range(11, 3000)
    )
    write_meeting(tmp_path, "long.vtt", text=MEETING + "".join(cues))
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env={**shell.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, b"")


def test_a_terminal_without_the_characters_gets_their_codes(shell: Shell, tmp_path: Path) -> None:
    shell.variables.update(PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    done = shell.process("extract", write_meeting(tmp_path))
    assert done.code == 0
    assert "\\u201cI will send" in done.out


def broken() -> None:
    raise RuntimeError(f"a message that may hold {SPOKEN}")


def stopped() -> None:
    raise KeyboardInterrupt


@pytest.fixture
def command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that knows two more commands: one with a bug and one that is interrupted."""
    for work in (broken, stopped):
        module = types.ModuleType(work.__name__)
        setattr(module, work.__name__, click.command(work.__name__)(work))
        monkeypatch.setitem(sys.modules, f"artifact_assets.commands.{work.__name__}", module)
    monkeypatch.setattr(main.Commands, "table", {**main.COMMANDS, "broken": "breaks", "stopped": "stops"})
    return shell


def test_a_bug_is_one_line_with_its_place_and_without_its_message(command: Shell) -> None:
    done = command("broken")
    done.assert_refused("internal_error", 1)
    assert "RuntimeError at test_interruption.py" in done.err


def test_a_bug_shows_its_traceback_to_who_asks_for_it(command: Shell) -> None:
    command.variables["ARTIFACTS_TRACEBACK"] = "1"
    assert "Traceback" in command("broken").err


def test_an_interruption_in_a_command_is_130_and_one_line(command: Shell) -> None:
    done = command("stopped")
    assert (done.code, done.out, done.err.count("\n")) == (130, "", 1)


def interrupted(shell: Shell, arguments: list[str]) -> Finished:
    """Run a command and interrupt it once the first checkpoint is stored."""
    with subprocess.Popen(
        arguments, cwd=ROOT, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        for _ in range(PATIENCE_SECONDS * 100):
            if checkpoints(shell.home):
                break
            try:
                process.wait(timeout=0.01)
            except subprocess.TimeoutExpired:
                continue
            break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Finished(process.returncode, out, err)


def checkpoints(home: Path) -> set[tuple[str, str, str, str]]:
    """Stored stage results with the run that made them; ``delivered`` has none to keep."""
    if not (home / "ledger.db").exists():
        return set()
    with closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        try:
            rows = ledger.execute("SELECT meeting_id, stage, key, run_id FROM checkpoints WHERE stage != 'delivered'")
            return set(rows.fetchall())
        except sqlite3.OperationalError:
            return set()
