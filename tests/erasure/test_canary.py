"""A word in every field of a meeting, in a model's and a vendor's answer and in every secret: where is it found afterwards?

What belongs here: the command line with failures injected, and a search through everything it wrote or printed. ``ALLOWED`` is
the list of docs/privacy.md; found anywhere else, a word has leaked.
"""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.commands.shell import Shell, write_meeting
from tests.extraction.model.desk import form, item
from tests.fakes.openai_server import FakeOpenAI, error
from tests.fakes.vendor_server import Answer, serving
from tests.fakes.webhook import SECRET, FakeReceiver

PLANTED = {
    "text": "qxtext",
    "speaker": "Qxspeaker",
    "title": "qxtitle",
    "e-mail": "qxmail",
    "file name": "qxfile",
    "sidecar": "qxsidecar",
    "model answer": "qxanswer",
    "model error": "qxmodelerror",
    "vendor error": "qxvendor",
    "model key": "qxmodelkey",
    "destination secret": SECRET,
}
WORDS = {"text", "speaker", "title", "e-mail", "file name", "sidecar"}
ALLOWED = {
    "inbox": WORDS,
    "store": {*WORDS, "model answer"},
    "ledger.db": {*WORDS, "model answer"},
    "records.db": WORDS,
}
"""Top of the home, and what may be below it. Nothing else of the home may hold any of it."""
LINES = """WEBVTT

00:00:01.000 --> 00:00:05.000
Qxspeaker: I'll send the qxtext quote to Carla by Friday.

00:00:06.000 --> 00:00:10.000
Carla: Thanks. We decided to go with the qxtext plan.
"""


def sidecar(meeting_id: str) -> dict[str, Any]:
    return {
        "meeting_id": meeting_id,
        "started_at": "2026-11-17T10:00:00+01:00",
        "title": "About qxtitle",
        "kind": "sales",
        "participants": [{"name": "Qxspeaker", "email": "qxmail@acme.example", "role": "qxsidecar"}, {"name": "Carla"}],
        "refs": {"hook": {"deal": "7"}},
    }


def configuration(url: str) -> dict[str, Any]:
    hook = {
        "vendor": "webhook",
        "secret": "HOOK",
        "base_url": url,
        "account": "receiver",
        "options": {"path": "/events"},
    }
    return {
        "destinations": {"hook": hook},
        "routes": [{"name": "all", "to": ["hook"], "mode": "deliver"}],
        "model": {"attempts": 1},
    }


def test_no_word_and_no_secret_is_found_outside_the_documented_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell, fake = Shell(tmp_path / "home", capsys), FakeReceiver(lambda: 0.0)
    quote = "I'll send the qxtext quote to Carla by Friday."
    good = form(item("Send the qxtext quote qxanswer", quote, 0, owner="Qxspeaker", due_text="by Friday"))
    failing = error(500, "server_error", "server_error", message="you said qxmodelerror")
    refusal = Answer(422, raw=json.dumps({"code": "bad", "message": "qxvendor is wrong"}).encode())
    with serving(fake), FakeOpenAI([failing, good, good, good]) as model:
        config = tmp_path / "artifacts.yaml"
        config.write_text(json.dumps(configuration(fake.url)))
        shell.variables.update(
            ARTIFACTS_CONFIG=str(config),
            HOOK=SECRET,
            OPENAI_API_KEY="qxmodelkey",
            ARTIFACTS_LLM_MODEL="m",
            ARTIFACTS_LLM_BASE_URL=model.base_url,
        )
        # The program makes its home itself; one made by hand keeps the mode it has.
        assert shell("meetings").code == 0
        inbox = shell.home / "inbox"
        fake.fail("answer", 1, refusal)
        for name in ("one", "two"):
            written = write_meeting(inbox, f"qxfile-{name}.vtt", LINES, sidecar(name))
            told = [shell("process", written), shell("process", written)]
            broken = write_meeting(inbox, f"qxfile-{name}-broken.vtt", "{qxtext", sidecar(f"{name}-broken"))
            told.append(shell("process", broken))
        told += [
            shell(*command.split())
            for command in (
                "status",
                "meetings --json",
                "trace one",
                "trace two --json",
                "deliveries --json",
                "destinations --json",
                "doctor",
                f"report -o {shell.home}/report.html",
                "replay --dry-run",
            )
        ]
    assert fake.calls["write"] > 1
    assert len(model.asked) > 1
    told_text = "".join(done.out + done.err for done in told).lower()
    # A person at the terminal named the file; everything else that is printed here is codes, counts and ids.
    assert {what for what, word in PLANTED.items() if word.lower() in told_text} <= {"file name"}
    found = places(shell.home)
    assert {top: what - ALLOWED.get(top, set()) for top, what in found.items() if what - ALLOWED.get(top, set())} == {}
    assert found["store"] >= {"text", "speaker", "title", "e-mail", "sidecar"}, "the search finds what is there"
    private(shell.home)


def places(home: Path) -> dict[str, set[str]]:
    """What is found, by the top of the home it lies below; names of files are looked at like their content."""
    found: dict[str, set[str]] = {}
    for file in home.rglob("*"):
        if file.is_file():
            top = re.sub(r"(-wal|-shm)$", "", file.relative_to(home).parts[0])
            content = file.read_bytes().lower() + file.name.lower().encode()
            found.setdefault(top, set()).update(
                what for what, word in PLANTED.items() if word.lower().encode() in content
            )
    return found


def private(home: Path) -> None:
    """Nobody but the owner reads the home: closed at the top, and databases and documents by themselves."""
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for name in ("ledger.db", "records.db"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    for file in (home / "store").rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_no_option_takes_a_secret() -> None:
    """What is typed is read by everybody in the list of processes."""
    import importlib

    import click

    from artifact_assets.commands.main import COMMANDS

    def options(command: click.Command) -> list[str]:
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        return [*(str(one.name) for one in command.params), *(name for sub in inner for name in options(sub))]

    modules = [name.replace("-", "") for name in COMMANDS]
    named = {
        option
        for module in modules
        for option in options(getattr(importlib.import_module(f"artifact_assets.commands.{module}"), module))
    }
    assert len(named) > 20
    assert {option for option in named if re.search(r"secret|token|password|api_?key|credential", option)} == set()
