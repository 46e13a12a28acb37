"""Two runs compared: what differs is shown once, with its words, and the page holds nothing but itself."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.evals.making import TALK, case, dataset, vtt
from tests.evals.test_gate import Shell

HOSTILE = (*TALK, ("Ann Lee", "I'll mail <script>alert(1)</script> & co by Friday."))


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [
            v or "" for k, v in attrs if k in {"src", "href", "xlink:href"} and not (v or "").startswith("#")
        ]


def runs(tmp_path: Path, shell: Shell) -> tuple[Path, Path, Path]:
    """The rules, and the same with the owner, one item and its words changed."""
    folder = dataset(tmp_path / "d", [case("a"), case("b")], {"talk.vtt": vtt(HOSTILE)})
    a, b = tmp_path / "before.json", tmp_path / "after.json"
    assert shell("run", "--dataset", folder, "--json", a) == 0
    run = json.loads(a.read_text())
    items = run["outcomes"][0]["artifact"]["items"]
    items[:] = [item for item in items if item["content"].get("owner") != "Ann Lee"]
    items[0]["content"]["owner"] = "Ann Lee"
    b.write_text(json.dumps(run))
    return folder, a, b


def test_the_items_that_differ_are_shown_with_their_quotes(tmp_path: Path, shell: Shell) -> None:
    folder, a, b = runs(tmp_path, shell)
    assert shell("compare", a, b, "--dataset", folder, "--json") == 0
    told = json.loads(shell.told)
    (differing,) = told["cases"]
    assert differing["case"] == "a"
    assert "owner" in differing["worse"]
    assert [item["content"]["owner"] for item in differing["only_b"]] == ["Ann Lee"]
    assert differing["only_a"][0]["evidence"][0]["quote"]
    assert shell("compare", a, a, "--dataset", folder) == 0
    assert "only A" not in shell.told


def test_the_report_is_one_safe_file(tmp_path: Path, shell: Shell) -> None:
    folder, a, b = runs(tmp_path, shell)
    assert shell("compare", a, b, "--dataset", folder, "--html", tmp_path / "report.html") == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.seen.count("svg") == 3
    assert "script" not in tags.seen
    assert not tags.links
    assert "&lt;script&gt;" in page
    assert "<mark>" in page
    again = tmp_path / "again.html"
    assert shell("compare", a, b, "--dataset", folder, "--html", again) == 0
    assert again.read_text(encoding="utf-8") == page


def test_a_run_over_other_words_is_not_scored_again(tmp_path: Path, shell: Shell) -> None:
    folder, a, b = runs(tmp_path, shell)
    (folder / "transcripts" / "talk.vtt").write_text(vtt(TALK))
    assert shell("compare", a, b, "--dataset", folder) == 2
    assert "its scores would mean something else" in shell.told


def test_an_old_run_is_scored_by_the_labels_of_today(tmp_path: Path, shell: Shell) -> None:
    folder, a, _ = runs(tmp_path, shell)
    assert shell("score", a, "--dataset", folder, "--groups", "--reasons", "f1") == 0
    assert "domain sales" in shell.told
    assert "a: not expected action_item: " in shell.told
    assert shell("score", folder / "cases" / "some.jsonl", "--dataset", folder) == 2
