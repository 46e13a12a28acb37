"""What we depend on is locked with hashes, from one index, under licences that were looked at."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from deploy.supply_chain import ALLOWED, audited, findings, refused
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


LOCKED = "".join(f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in ("alpha", "beta"))


class Advisories(BaseHTTPRequestHandler):
    """A small service that speaks OSV's API and knows what its server was given, by package."""

    def do_POST(self) -> None:
        """One package and version are asked for at a time."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known: dict[str, Any] = getattr(self.server, "known")  # noqa: B009 - ours, on a class of the library's
        answer = json.dumps(known.get(asked["package"]["name"], {})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def advisories(**known: Any) -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    setattr(server, "known", known)  # noqa: B010 - see above
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    file = tmp_path / "locked.txt"
    file.write_text(LOCKED)
    return file


def test_a_known_vulnerability_fails_the_audit_and_names_the_version_to_take(
    locked: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    affected = {
        "package": {"name": "beta", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
    }
    known = {"vulns": [{"id": "PYSEC-2026-1", "summary": "bad", "affected": [affected]}]}
    with advisories(beta=known) as url:
        assert audited(locked, url) == 1
    told = capfd.readouterr()
    assert told.err.strip() == "error: beta 1.0: PYSEC-2026-1, fixed in 1.1"
    assert "2 packages looked up, 1 known vulnerabilities" in told.out


def test_nothing_known_passes_and_says_how_much_was_looked_up(locked: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with advisories() as url:
        assert audited(locked, url) == 0
    assert "2 packages looked up, 0 known vulnerabilities, 0 packages unknown" in capfd.readouterr().out


def test_a_source_that_cannot_be_reached_is_told_and_is_no_clean_bill(
    locked: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with advisories() as url:
        pass
    assert audited(locked, url) == 0
    told = capfd.readouterr().out
    assert "Skipped: 127.0.0.1 cannot be reached" in told
    assert "NOT looked up" in told
    assert "0 known vulnerabilities" not in told
