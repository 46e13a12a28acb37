"""Every file opens with its caption, is about one thing, and has a name that says which."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.tree import ROOT, modules, named

MOST_LINES = 300
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "data", "misc", "base", "core"}
# Written in two halves, so that this file does not hold what it looks for.
LEFTOVERS = ("# TO" + "DO", "# FIX" + "ME", "# XX" + "X", "raise NotImplemented" + "Error")
PLACES = ("/wo" + "rk/", "/ro" + "ot/", "/home" + "/")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".json", ".ini", ".cfg"}


def test_every_module_is_of_a_size_to_be_read() -> None:
    sizes = {named(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}, "split them by concept"


def test_every_module_opens_with_its_caption() -> None:
    silent = [named(path) for path in modules() if path.read_text("utf-8").strip() and not caption_of(path)]
    assert silent == []


def test_every_caption_of_the_product_says_what_belongs_there() -> None:
    product = [path for path in modules() if not named(path).startswith("tests/") and caption_of(path)]
    assert [named(path) for path in product if "What belongs here" not in caption_of(path)] == []


def test_no_package_wires_anything_at_import() -> None:
    assert [named(p) for p in modules() if p.name == "__init__.py" and p.read_text("utf-8")] == []


def test_no_name_says_nothing() -> None:
    empty = [named(p) for p in modules() if {p.stem, *p.relative_to(ROOT).parts[1:-1]} & EMPTY_NAMES]
    assert empty == []


def test_nothing_is_left_for_later() -> None:
    left = [f"{named(p)}: {word}" for p in modules() for word in LEFTOVERS if word in p.read_text("utf-8")]
    assert left == []


def test_no_file_names_a_place_on_the_machine_it_was_written_on() -> None:
    told = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in committed()
        for place in PLACES
        if place in path.read_text("utf-8", "replace")
    ]
    assert told == []


def caption_of(path: Path) -> str:
    """The module's docstring on one line; empty for none."""
    return " ".join((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split())


def committed() -> list[Path]:
    """Text files at the root and in every folder that is not hidden, without the lock file's long lists."""
    tops = [path for path in ROOT.iterdir() if not path.name.startswith(".") and path.name != "build"]
    files = [path for top in tops for path in (top.rglob("*") if top.is_dir() else (top,))]
    return sorted(path for path in files if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts)
