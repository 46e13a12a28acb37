"""Several systems in one command: answers are paid for once, limits are no verdict on quality, and it goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evals.running.run_file import read_run
from evals.standin.clerk import answer
from evals.standin.server import serving
from tests.evals.making import case, dataset
from tests.evals.test_gate import Shell
from tests.fakes.openai_server import FakeOpenAI, Outcome, error


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


def plan(path: Path, url: str, *more: Mapping[str, Any], repeats: int = 1) -> Path:
    systems = [
        {"name": "rules", "extractor": "deterministic"},
        {"name": "clerk", "model": "clerk", "base_url": url},
        *more,
    ]
    path.write_text(json.dumps({"repeats": repeats, "systems": systems}))
    return path


def test_samples_differ_and_no_request_is_sent_twice(tmp_path: Path, shell: Shell) -> None:
    folder = dataset(tmp_path / "d", [case("a"), case("b", sidecar={"kind": "sales"})])
    asked: list[str] = []
    lock = threading.Lock()

    def counted(body: Mapping[str, Any]) -> str:
        with lock:
            asked.append(f"{body['seed']}{body.get('temperature')}{body['messages'][1]['content']}")
        return answer(body)

    (tmp_path / "short.txt").write_text("List what came out of the meeting, as JSON.")
    with serving(how=counted) as url:
        warm = {
            "name": "warm",
            "model": "clerk",
            "base_url": url,
            "prompt": "short.txt",
            "parameters": {"temperature": 0.7},
        }
        made = plan(tmp_path / "plan.json", url, warm, repeats=2)
        assert shell("matrix", made, "--dataset", folder, "--out", tmp_path / "out") == 0
        assert len(asked) == len(set(asked)) == 8
        assert "over 2" in shell.told
        assert shell("matrix", made, "--dataset", folder, "--out", tmp_path / "out") == 0
        (tmp_path / "out" / "clerk.json").unlink()
        assert shell("matrix", made, "--dataset", folder, "--out", tmp_path / "out") == 0
        assert len(asked) == 8
    runs = {name: read_run(tmp_path / "out" / f"{name}.json") for name in ("rules", "clerk", "warm")}
    assert [len(run.outcomes) for run in runs.values()] == [2, 4, 4]
    assert runs["clerk"].manifest.identity["prompt"] != runs["warm"].manifest.identity["prompt"]
    assert runs["warm"].manifest.identity["temperature"] == "0.7"
    assert shell("compare", tmp_path / "out" / "rules.json", tmp_path / "out" / "warm.json", "--dataset", folder) == 0


def test_a_rate_limit_is_told_apart_and_asked_again_next_time(tmp_path: Path, shell: Shell) -> None:
    folder = dataset(tmp_path / "d", [case("a"), case("b", sidecar={"kind": "sales"})])
    limited = True

    def script(body: dict[str, Any]) -> Outcome:
        # One of the two meetings tells no date.
        if limited and "Date: not known" in body["messages"][1]["content"]:
            return error(429, "rate_limit_exceeded", headers={"retry-after": "3000"})
        return answer(body)

    with FakeOpenAI(script) as server:
        made = plan(tmp_path / "plan.json", server.base_url)
        assert shell("matrix", made, "--dataset", folder, "--out", tmp_path / "out") == 1
        assert "1 extractions were held up by their endpoints" in shell.told
        first = read_run(tmp_path / "out" / "clerk.json")
        assert [(o.case, o.limited) for o in first.outcomes] == [("a", False), ("b", True)]
        assert [row["case"] for row in first.cases] == ["a"]
        asked = len(server.asked)
        limited = False
        # The ledger's rate budget still holds the provider's word; another home stands for the hours in between.
        (tmp_path / "out" / "home").rename(tmp_path / "old-home")
        assert shell("matrix", made, "--dataset", folder, "--out", tmp_path / "out") == 0
        assert [o.limited for o in read_run(tmp_path / "out" / "clerk.json").outcomes] == [False, False]
        assert len(server.asked) == asked + 1


@pytest.mark.parametrize(
    "systems",
    [
        [],
        [{"name": "a", "model": "m"}, {"name": "a", "model": "n"}],
        [{"name": "a"}],
        [{"name": "a", "model": "m", "parameters": {"heat": 1}}],
        [{"name": "../a", "model": "m"}],
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(tmp_path: Path, shell: Shell, systems: list[dict[str, Any]]) -> None:
    folder = dataset(tmp_path / "d", [case("a")])
    (tmp_path / "plan.yaml").write_text(json.dumps({"systems": systems}))
    assert shell("matrix", tmp_path / "plan.yaml", "--dataset", folder, "--out", tmp_path / "out") == 2
    assert "cannot be used" in shell.told


def test_a_live_run_states_its_cost_and_waits_for_a_yes(
    tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = dataset(tmp_path / "d", [case("a"), case("b", sidecar={"kind": "sales"})])
    out = tmp_path / "build" / "live.json"
    with FakeOpenAI(answer) as server:
        monkeypatch.setenv("ARTIFACTS_LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("ARTIFACTS_LLM_MODEL", "clerk")
        assert shell("live", "--dataset", folder, "--json", out) == 2
        assert "clerk: 2 calls, at most" in shell.told
        assert not server.asked
        assert shell("live", "--dataset", folder, "--json", out, "--yes") == 0
        assert len(server.asked) == 2
        assert shell("live", "--dataset", folder, "--json", out, "--yes") == 0
        assert len(server.asked) == 2
    assert read_run(out).manifest.identity["model"] == "clerk"


def test_a_live_run_without_a_model_says_what_to_set(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARTIFACTS_LLM_MODEL", raising=False)
    assert shell("live") == 2
    assert "Set ARTIFACTS_LLM_MODEL" in shell.told
