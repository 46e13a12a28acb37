"""What the pages tell people to type exists, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from artifact_assets.commands.main import COMMANDS
from tests.architecture.tree import ROOT, named

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md"), *ROOT.glob("*.md")])
COMMAND = re.compile(r"python -m artifact_assets ([a-z]+)")
TARGET = re.compile(r"`make ([a-z-]+)|^make ([a-z-]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_on_a_page_exists(page: Path) -> None:
    assert {name for name in COMMAND.findall(page.read_text("utf-8")) if name not in COMMANDS} == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_on_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {one or other for one, other in TARGET.findall(page.read_text("utf-8"))}
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_on_a_page_leads_somewhere(page: Path) -> None:
    broken = [
        f"{target}#{anchor}"
        for target, anchor in LINK.findall(page.read_text("utf-8"))
        if not leads_somewhere(page.parent / target if target else page, anchor)
    ]
    assert broken == []


@pytest.mark.parametrize(
    "path",
    sorted(
        set(
            re.findall(
                r"`((?:artifact_assets|resources|sensors|tests|examples|docs)/[\w/.-]*)`",
                "".join(p.read_text("utf-8") for p in PAGES),
            )
        )
    ),
)
def test_every_path_on_a_page_exists(path: str) -> None:
    assert (ROOT / path).exists()


def leads_somewhere(target: Path, anchor: str) -> bool:
    """Whether the file is there and has the heading."""
    if not target.exists():
        return False
    if not anchor:
        return True
    return anchor in {slug(heading) for heading in HEADING.findall(target.read_text("utf-8"))}


def slug(heading: str) -> str:
    """The anchor a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
