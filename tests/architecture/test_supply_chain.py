"""What we depend on is locked with hashes, from one index, under licences that were looked at."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from deploy.supply_chain import ALLOWED, findings, refused
from tests.architecture.tree import ROOT

LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))


def test_every_locked_file_has_a_hash_and_comes_from_one_index() -> None:
    foreign = [package["name"] for package in LOCK["package"] if "registry" not in package["source"]]
    assert foreign == ["meeting-artifacts"]
    sources = {package["source"].get("registry") for package in LOCK["package"]} - {None}
    assert sources == {"https://pypi.org/simple"}
    files = [file for package in LOCK["package"] for file in [*package.get("wheels", ()), package.get("sdist")] if file]
    assert len(files) > 500
    assert [file["url"] for file in files if not file["hash"].startswith("sha256:")] == []


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "Apache-2.0 OR BSD-2-Clause",
        "MIT AND PSF-2.0",
        "ISC License (ISCL)",
        "GPL-3.0 OR MIT",
        "BSD License; MIT",
    ],
)
def test_permissive_licences_pass(licence: str) -> None:
    assert refused([("thing", licence)]) == []


@pytest.mark.parametrize("licence", ["GPL-3.0", "MIT AND GPL-3.0", "UNKNOWN", "", "AGPL-3.0; MIT", "MPL-2.0"])
def test_others_need_a_name_and_a_reason(licence: str) -> None:
    assert refused([("thing", licence)]) == [f"thing: {licence}"]
    assert refused([(next(iter(ALLOWED)), licence)]) == []


def test_packages_that_the_index_does_not_know_are_not_counted_as_safe() -> None:
    bad = {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
    told: dict[str, Any] = {
        "dependencies": [bad, {"name": "b", "version": "1", "vulns": []}, {"name": "c", "skip_reason": "unknown"}]
    }
    assert findings(told) == (["a 1: X-1, fixed in 2"], 2, 1)
    assert findings({}) == ([], 0, 0)
