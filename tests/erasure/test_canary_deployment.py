"""The same words in a real deployment: processes of their own, their logs, and everything that is sent or served.

What belongs here: processes of their own, and a search through all that they wrote, served or sent. What does not: the command
line by itself (see ``test_canary``), whose words and list of allowed places these are.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.states import MeetingState
from tests.commands.shell import Shell, write_meeting
from tests.erasure.test_canary import ALLOWED, LINES, PLANTED, SECRET, configuration, places, sidecar
from tests.extraction.model.desk import form, item
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.fakes.openai_server import FakeOpenAI, Outcome, error
from tests.fakes.vendor_server import Answer, serving
from tests.fakes.webhook import FakeReceiver
from tests.instruments.deployment import ROOT, Deployment, running
from tests.instruments.processes import Supervised, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SECRETS = {
    "alert address": "qxalerts",
    "digest address": "qxdigest",
    "heartbeat address": "qxheartbeat",
    "collector header": "qxcollector",
}
PATIENCE = 240.0


@dataclass
class Outside:
    """Everybody who is told something: alerts, digest, heartbeat, collector. Keeps what it heard, by path."""

    heard: dict[str, list[bytes]] = field(default_factory=dict[str, list[bytes]])

    async def __call__(self, request: Request) -> Reply:
        """Take everything."""
        body = gzip.decompress(request.body) if request.body[:2] == b"\x1f\x8b" else request.body
        self.heard.setdefault(request.path, []).append(body)
        return Reply(200, b"ok")


def model(body: dict[str, Any]) -> Outcome:
    """Answers for one meeting and refuses the other, with what it was asked in the refusal."""
    if "badly" in json.dumps(body):
        return error(500, "server_error", "server_error", message="you said qxmodelerror and qxtext")
    quote = "I'll send the qxtext quote to Carla by Friday."
    return form(item("Send the qxtext quote qxanswer", quote, 0, owner="Qxspeaker", due_text="by Friday"))


@dataclass
class Canary:
    """The deployment, the words planted in it, and whoever listens."""

    deployment: Deployment
    outside: Outside
    shell: Shell


@pytest.fixture
def canary(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Generator[Canary]:
    home, outside = tmp_path / "home", Outside()
    home.mkdir(mode=0o700)
    receiver = FakeReceiver(lambda: 0.0)
    refusal = Answer(422, raw=json.dumps({"code": "bad", "message": "qxvendor is wrong"}).encode())
    with ExitStack() as stack:
        stack.enter_context(serving(receiver))
        server, asked = stack.enter_context(HttpServer(outside)), stack.enter_context(FakeOpenAI(model))
        receiver.fail("answer", 1, refusal)
        told = {
            **configuration(receiver.url),
            "telemetry": {"traces": True},
            "inbox": {"settled_seconds": 0},
            # Ids show everywhere: file names that hold names are kept out of them.
            "id": "digest",
        }
        (home / "artifacts.yaml").write_text(json.dumps(told))
        (home / "artifacts.yaml").chmod(0o600)
        variables = {
            "HOOK": SECRET,
            "OPENAI_API_KEY": "qxmodelkey",
            "ARTIFACTS_LLM_MODEL": "m",
            "ARTIFACTS_LLM_BASE_URL": asked.base_url,
            "ARTIFACTS_ALERT_WEBHOOK": f"{server.url}/{SECRETS['alert address']}",
            "ARTIFACTS_DIGEST_WEBHOOK": f"{server.url}/{SECRETS['digest address']}",
            "ARTIFACTS_HEARTBEAT_URL": f"{server.url}/{SECRETS['heartbeat address']}",
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={SECRETS['collector header']}",
        }
        # This process looks into the deployment too.
        monkeypatch.setenv("HOOK", SECRET)
        definitions = ROOT / "artifact_assets" / "definitions.py"
        deployment = stack.enter_context(running(home, definitions=definitions, variables=variables))
        yield Canary(deployment, outside, Shell(home, capsys, {**deployment.environment, **variables}))


def drop(canary: Canary, outside_of_it: Path) -> None:
    """Everything that can go well or wrong with a file."""
    inbox = canary.deployment.home / "inbox"
    write_meeting(inbox, "qxfile-one.vtt", LINES, sidecar("one"))
    write_meeting(inbox, "qxfile-two.vtt", LINES.replace("Thanks.", "We did badly."), sidecar("two"))
    write_meeting(inbox, "qxfile-broken.vtt", "{qxtext", sidecar("broken"))
    # Another file that claims the first one's id, a sidecar that is none, a link that leads out, a file that is too large.
    write_meeting(inbox, "qxfile-taken.vtt", LINES.replace("plan", "other plan"), sidecar("one"))
    write_meeting(inbox, "qxfile-sidecar.vtt", LINES.replace("plan", "third plan"), {})
    (inbox / "qxfile-sidecar.meta.json").write_text('{"title": "qxtitle", "unheard": "qxsidecar"}')
    (inbox / "qxfile-link.vtt").symlink_to(write_meeting(outside_of_it, "qxfile-secret.vtt", LINES, {}))
    with (inbox / "qxfile-large.vtt").open("wb") as sparse:
        sparse.truncate(30_000_000)


def launch(canary: Canary, job: str) -> str:
    """Run one of the jobs as the UI does; how it ended."""
    query = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) { __typename
        ... on LaunchRunSuccess { run { runId } } } }"""
    selector = {"repositoryName": "__repository__", "repositoryLocationName": "meeting_artifacts", "jobName": job}
    answer = canary.deployment.graphql.ask(query, p={"selector": selector, "runConfigData": {}})
    run_id = answer["launchPipelineExecution"]["run"]["runId"]
    return canary.deployment.graphql.wait_for_run(run_id, PATIENCE)


def served_metrics(canary: Canary, folder: Path) -> str:
    """What the Prometheus endpoint says, from a process of its own."""
    command = [sys.executable, "-m", "artifact_assets", "metrics", "--serve", "--port", "0"]
    log = folder / "metrics.log"
    process = Supervised("metrics", command, canary.shell.environment, ROOT, log)
    process.start()
    try:
        until(lambda: "Serving http://" in log.read_text(), "the metrics endpoint", 120)
        url = log.read_text().partition("Serving ")[2].partition(",")[0]
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.read().decode())
    finally:
        process.stop()


def test_no_word_leaves_the_documented_places_of_a_running_deployment(canary: Canary, tmp_path: Path) -> None:
    drop(canary, tmp_path / "outside")
    failed = MeetingState.FAILED

    def all_ended() -> bool:
        states = {meeting_id: meeting.state for meeting_id, meeting in canary.deployment.meetings().items()}
        named = (states.pop("one", None), states.pop("two", None), states.pop("broken", None))
        wrote = named[0] in {MeetingState.DELIVERED, MeetingState.PARTIALLY_DELIVERED}
        return wrote and named[1:] == (MeetingState.DEFERRED, failed) and list(states.values()) == [failed] * 4

    until(all_ended, "all files to end", PATIENCE)
    outside = canary.outside
    until(lambda: f"/{SECRETS['alert address']}" in outside.heard, "an alert", PATIENCE)
    assert [launch(canary, job) for job in ("send_digest", "send_heartbeat", "tend_working_set", "tend_privacy")] == [
        "SUCCESS"
    ] * 4
    asked = canary.shell
    pages = {
        "metrics": served_metrics(canary, tmp_path),
        **{
            command: (done := asked(*command.split())).out + done.err
            for command in ("status", "meetings --json", "report --json", "report --export", "anomalies", "doctor")
        },
    }
    assert asked("report", "-o", str(tmp_path / "report.html")).code == 0
    pages["report"] = (tmp_path / "report.html").read_text()
    pages["runs"] = json.dumps(canary.deployment.graphql.ask(RUNS))
    canary.deployment.stop()
    # The addresses hold secrets and are ours to ask; what is sent there is not.
    told = {f"sent to {path}": b"\n".join(bodies).decode(errors="replace") for path, bodies in outside.heard.items()}
    assert any("/v1/traces" in where for where in told)
    assert any("digest" in where for where in told)

    home = canary.deployment.home
    assert {"daemon.log", "web.log", "code.log"} <= {file.name for file in home.iterdir()}
    assert list((home / "dagster").rglob("*.err")) or list((home / "dagster").rglob("*.out")), "compute logs are there"
    found = {
        top: what - ALLOWED.get(top, set()) for top, what in places(home).items() if what - ALLOWED.get(top, set())
    }
    assert found == {}
    assert [where for where, text in written(home) if any(secret in text for secret in SECRETS.values())] == []
    leaks = {where: words_in(text) for where, text in {**pages, **told}.items()}
    assert {where: words for where, words in leaks.items() if words} == {}


RUNS = """{ runsOrError(limit: 200) { ... on Runs { results { runId status tags { key value }
    eventConnection { events { __typename ... on MessageEvent { message } } } } } } }"""


def words_in(text: str) -> set[str]:
    """Which of the planted words and secrets are there."""
    return {what for what, word in {**PLANTED, **SECRETS}.items() if word.lower() in text.lower()}


def written(home: Path) -> list[tuple[str, str]]:
    """Every file of the home by path, as text."""
    return [
        (str(file.relative_to(home)), file.read_bytes().decode(errors="replace").lower())
        for file in home.rglob("*")
        if file.is_file() and not os.path.islink(file)
    ]
