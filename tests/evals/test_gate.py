"""The gate from outside: baseline, check, recordings, and what each says when something changed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from artifact_assets.commands.main import run
from artifact_assets.configuration.settings import Settings
from artifact_assets.extraction.model.prompt import PROMPT, Prompt
from evals.__main__ import cli
from evals.dataset.reading import read_dataset
from evals.gate.baseline import read_baseline
from evals.places import BASELINE, GOLDEN, RECORDINGS
from evals.recorded.answers import ANSWERS, MANIFEST, RecordedModel, RecordingMissingError, read_recordings
from evals.recorded.session import STAND_IN_MODEL, recording, stand_in_settings
from evals.reporting.pages import table_of
from evals.running.running import run_cases
from evals.systems import model_system
from tests.evals.making import ISLAND, ORDER_FORM, case, dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return dataset(tmp_path / "small", [case("a"), case("b")])


@pytest.fixture
def recordings(folder: Path, tmp_path: Path) -> Path:
    """Answers of the stand-in to the small dataset."""
    read = read_dataset(folder)
    where = tmp_path / "recordings" / "small"
    settings = Settings.from_environment({"ARTIFACTS_HOME": str(tmp_path / "home")})
    with stand_in_settings(settings) as asked, recording(asked, where, read, 1, "") as system:
        asyncio.run(run_cases(system, read.meetings))
    return where.parent


class Shell:
    """Runs the evals' command line in this process. ``told`` is all it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capsys, self.told = monkeypatch, capsys, ""

    def __call__(self, *arguments: str | Path) -> int:
        self._patch.setattr(sys, "argv", ["evals", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            run(cli, "python -m evals")
        printed = self._capsys.readouterr()
        self.told = printed.out + printed.err
        return int(end.value.code or 0)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@contextmanager
def changed(path: Path, old: str, new: str) -> Generator[None]:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    yield
    path.write_text(text, encoding="utf-8")


def test_what_is_accepted_passes_and_is_written_as_junit(
    folder: Path, recordings: Path, tmp_path: Path, shell: Shell
) -> None:
    where = ("--dataset", folder, "--recordings", recordings, "--baseline", tmp_path / "b.json")
    assert shell("check", *where) == 1
    assert "no entry for deterministic" in shell.told
    assert shell("baseline", *where, "--why", "first") == 0
    assert shell("check", *where, "--junit", tmp_path / "junit.xml") == 0
    suites = ET.parse(tmp_path / "junit.xml").getroot()
    assert {suite.get("name"): suite.get("failures") for suite in suites} == {
        "deterministic": "0",
        "recorded:small": "0",
    }
    assert {test.get("name") for test in suites.iter("testcase")} >= {"a", "b", "f1", "invented", "manifest"}
    accepted = (tmp_path / "b.json").read_text()
    assert shell("baseline", *where, "--why", "again") == 0
    assert (tmp_path / "b.json").read_text() == accepted


def test_a_changed_dataset_needs_a_new_baseline(folder: Path, tmp_path: Path, shell: Shell) -> None:
    where = ("--dataset", folder, "--recordings", tmp_path / "none", "--baseline", tmp_path / "b.json")
    assert shell("baseline", *where, "--why", "first") == 0
    with changed(folder / "cases" / "some.jsonl", '"due_text": "tomorrow"', '"due_text": "soon"'):
        assert shell("check", *where) == 1
    assert "dataset was" in shell.told
    assert "python -m evals baseline --why" in shell.told


def test_a_changed_parameter_or_prompt_needs_a_new_baseline(
    folder: Path, recordings: Path, tmp_path: Path, shell: Shell
) -> None:
    where = ("--dataset", folder, "--recordings", recordings, "--baseline", tmp_path / "b.json")
    assert shell("baseline", *where, "--why", "first") == 0
    prompt = read_recordings(recordings / "small").manifest.prompt_digest
    with changed(tmp_path / "b.json", prompt, "0" * 64):
        assert shell("check", *where) == 1
    assert "prompt was 000000000000 and is" in shell.told
    with changed(tmp_path / "b.json", '"temperature": "0.0"', '"temperature": "0.7"'):
        assert shell("check", *where) == 1
    assert "temperature was 0.7 and is 0.0" in shell.told


def test_recordings_that_no_longer_fit_say_what_to_do(
    folder: Path, recordings: Path, shell: Shell, tmp_path: Path
) -> None:
    (folder / "warm.yaml").write_text("model: {temperature: 0.7}\n")
    lines = [json.dumps(case(name, configuration="warm.yaml")) for name in ("a", "b")]
    (folder / "cases" / "some.jsonl").write_text("\n".join(lines))
    where = ("--dataset", folder, "--recordings", recordings, "--baseline", tmp_path / "b.json")
    assert shell("check", *where) == 1
    assert "hold no answer to request" in shell.told
    assert "Record again with `python -m evals run --extractor model --record`" in shell.told
    assert shell("baseline", *where, "--why", "no") == 2


def test_another_prompt_finds_no_recorded_answer(folder: Path, recordings: Path, tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"ARTIFACTS_HOME": str(tmp_path / "home"), "ARTIFACTS_LLM_MODEL": STAND_IN_MODEL}
    )
    model = RecordedModel(read_recordings(recordings / "small"))
    meetings = read_dataset(folder).meetings
    with model_system(settings, model=model) as system:
        assert asyncio.run(run_cases(system, meetings))[0].artifact is not None
    with (
        model_system(settings, model=model, prompt=Prompt(f"{PROMPT}Be kind.", "1+")) as system,
        pytest.raises(RecordingMissingError),
    ):
        asyncio.run(run_cases(system, meetings))


def test_a_broken_hard_rule_is_never_accepted(tmp_path: Path, shell: Shell) -> None:
    poisoned = {**ISLAND, "evidence": [1], "reason": "injection"}
    folder = dataset(tmp_path / "d", [case("a", expected=[], forbidden=[poisoned])])
    where = ("--dataset", folder, "--recordings", tmp_path / "none", "--baseline", tmp_path / "b.json")
    assert shell("baseline", *where, "--why", "please") == 2
    assert "breaks a hard rule in a (injection_obeyed)" in shell.told
    assert not (tmp_path / "b.json").exists()


def test_answers_that_are_cut_off_are_caught(folder: Path, recordings: Path, tmp_path: Path, shell: Shell) -> None:
    where = ("--dataset", folder, "--recordings", recordings, "--baseline", tmp_path / "b.json")
    assert shell("baseline", *where, "--why", "first") == 0
    with changed(recordings / "small" / ANSWERS, r"\"finish_reason\": \"stop\"", r"\"finish_reason\": \"length\""):
        assert shell("check", *where) == 1
    assert "FAIL recorded:small" in shell.told


def test_one_wrong_owner_in_an_answer_is_shown_with_its_reason(
    folder: Path, recordings: Path, tmp_path: Path, shell: Shell
) -> None:
    where = ("--dataset", folder, "--recordings", recordings, "--baseline", tmp_path / "b.json")
    assert shell("baseline", *where, "--why", "first") == 0
    owner = r"\\\"owner\\\": \\\"Dan Miller\\\""
    with changed(recordings / "small" / ANSWERS, owner, r"\\\"owner\\\": null"):
        shell("check", *where)
    assert f"{ORDER_FORM['id']}: nobody instead of Dan Miller" in shell.told


def test_the_committed_recordings_say_that_no_model_made_them() -> None:
    for manifest in RECORDINGS.glob(f"*/{MANIFEST}"):
        told = read_recordings(manifest.parent).manifest
        if told.provider == STAND_IN_MODEL:
            assert not told.real_model
            assert "no language model" in told.made_by


def test_the_pages_show_the_figures_of_the_baseline() -> None:
    root, accepted = BASELINE.parents[1], read_baseline(BASELINE)
    for page, short in ((root / "README.md", True), (root / "docs" / "evals.md", False)):
        assert table_of(accepted, short=short) in page.read_text(encoding="utf-8")


def test_the_committed_baseline_is_of_the_committed_golden_set() -> None:
    """The figures themselves are `python -m evals check`, a step of its own in CI."""
    accepted = json.loads(BASELINE.read_text(encoding="utf-8"))["entries"]
    digests = {entry["manifest"]["system"]: entry["manifest"]["dataset_digest"] for entry in accepted}
    assert digests["deterministic"] == read_dataset(GOLDEN).digest
