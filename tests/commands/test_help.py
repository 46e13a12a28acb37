"""``--help`` everywhere, at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from artifact_assets.commands.main import COMMANDS
from tests.commands.shell import ROOT, Shell

ASK_ALL = f"""
import contextlib, io, json, sys
from artifact_assets.commands.main import cli
for name in {["", *COMMANDS]!r}:
    with contextlib.redirect_stdout(io.StringIO()):
        cli.main([*([name] if name else []), "--help"], standalone_mode=False)
json.dump(sorted(sys.modules), sys.stdout)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(shell: Shell, name: str) -> None:
    done = shell(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"artifact_assets {name}" in done.out.splitlines()[0]
    assert "--help" in done.out


def test_the_list_of_commands_has_one_line_for_each(shell: Shell) -> None:
    done = shell("--help")
    assert done.code == 0
    for name, purpose in COMMANDS.items():
        assert f"  {name}" in done.out
        assert purpose.split()[0] in done.out


def test_no_help_waits_for_dagster() -> None:
    done = subprocess.run([sys.executable, "-c", ASK_ALL], cwd=ROOT, capture_output=True, check=True)
    assert "artifact_assets.commands.process" in json.loads(done.stdout)
    assert "dagster" not in json.loads(done.stdout)


def test_no_command_at_all_prints_the_help_and_is_wrong_usage(shell: Shell) -> None:
    done = shell()
    assert (done.code, done.out) == (2, "")
    assert "Commands:" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("nope",), ("process",), ("show",), ("meetings", "--state", "nope"), ("normalize", "a", "b"), ("records", "nope")],
)
def test_wrong_usage_is_one_line_that_points_at_the_help(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell(*arguments)
    done.assert_refused("unreadable_input")
    assert "--help" in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_with_json_or_with_one_line(shell: Shell, name: str) -> None:
    """In an empty home and without arguments a command has nothing to say, or asks for what it misses."""
    done = shell(name, "--json")
    done.assert_discreet()
    if done.code == 2:
        done.assert_refused("unreadable_input")
    else:
        assert done.code in (0, 1)
        done.json()
