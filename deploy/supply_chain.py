"""What we depend on: licences, a bill of materials, known vulnerabilities.

What belongs here: which licences are fine and why the others are, and starting the tools that read what is installed. What does
not: choosing dependencies (``pyproject.toml`` gives the reason beside each) and their hashes (``uv.lock``).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
INDEX = "pypi.org"
PATIENCE_SECONDS = 300

PERMISSIVE = re.compile(
    r"MIT(-CMU)?|MIT License|Apache([ -]2\.0|-2\.0)?|Apache Software License|(3-Clause )?BSD( License)?|BSD-[23]-Clause|0BSD"
    r"|ISC( License \(ISCL\))?|Zlib|CC0-1\.0|PSF-2\.0|Python Software Foundation License|Unlicense|DFSG approved"
)
"""Licences that ask for a notice at most."""

ALLOWED = {
    "certifi": "MPL-2.0: a list of certificates that we use unchanged",
    "fqdn": "MPL-2.0: used unchanged, by a checker of formats",
    "hypothesis": "MPL-2.0: a tool of the tests, not part of what runs",
    "psycopg2-binary": "LGPL: loaded as a library of its own that anybody may replace; Dagster's own driver",
    "tqdm": "MPL-2.0 AND MIT: used unchanged",
}
"""Packages under other licences, each with what makes it fine."""

UNKNOWN_OWN = {"meeting-artifacts"}


def main() -> int:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["licences", "sbom", "audit"])
    return {"licences": _licences, "sbom": _sbom, "audit": _audit}[parser.parse_args().what]()


def refused(packages: Iterable[tuple[str, str]]) -> list[str]:
    """Packages whose licence is neither permissive nor allowed by name, as lines for people."""
    return [
        f"{name}: {licence}"
        for name, licence in packages
        if name not in ALLOWED and name not in UNKNOWN_OWN and not _is_permissive(licence)
    ]


def _is_permissive(licence: str) -> bool:
    """Whether one of the alternatives is permissive; of licences joined by AND or listed, every one has to be."""
    return any(
        all(PERMISSIVE.fullmatch(part.strip()) for part in re.split(r" AND |; ", alternative))
        for alternative in licence.split(" OR ")
    )


def _licences() -> int:
    told = subprocess.run([TOOLS / "pip-licenses", "--format=json"], capture_output=True, check=True).stdout
    packages = [(str(row["Name"]), str(row["License"])) for row in json.loads(told)]
    wrong = refused(packages)
    for line in wrong:
        print(f"error: {line}. Allow it in deploy/supply_chain.py with its reason, or do without it.", file=sys.stderr)
    if not wrong:
        print(f"{len(packages)} licences are fine, {len(ALLOWED)} of them by name.")
    return 1 if wrong else 0


def _sbom() -> int:
    target = ROOT / "build" / "sbom.json"
    target.parent.mkdir(exist_ok=True)
    command = [TOOLS / "cyclonedx-py", "environment", sys.executable, "--of", "JSON", "-o", target]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"{len(json.loads(target.read_text('utf-8'))['components'])} components in {target.relative_to(ROOT)}")
    return 0


def _audit() -> int:
    locked = ROOT / "build" / "locked.txt"
    locked.parent.mkdir(exist_ok=True)
    export = [TOOLS / "uv", "export", "--quiet", "--frozen", "--no-emit-project", "--format", "requirements-txt"]
    locked.write_bytes(subprocess.run(export, cwd=ROOT, capture_output=True, check=True).stdout)
    return audited(locked, os.environ.get("OSV_URL"))


def audited(locked: Path, osv_url: str | None = None, patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Look up the packages of a requirements file at PyPI, or at a service that speaks OSV's API; the exit code.

    A known vulnerability fails. A source that cannot be reached, or knows nothing, is said so and fails nothing: it must not
    look like a clean bill either.
    """
    source = urlsplit(osv_url).hostname or "the OSV service" if osv_url else INDEX
    service = ["--vulnerability-service", "osv", "--osv-url", osv_url] if osv_url else []
    command = [TOOLS / "pip-audit", "--requirement", locked, "--disable-pip", "--require-hashes", "--format", "json"]
    with tempfile.TemporaryDirectory() as cache:
        # A cache of its own: what was told yesterday is not asked today.
        options = ["--progress-spinner", "off", "--timeout", "10", "--cache-dir", cache, *service]
        try:
            done = subprocess.run([*command, *options], capture_output=True, check=False, timeout=patience_seconds)
        except subprocess.TimeoutExpired:
            return _skipped(f"{source} did not answer for all packages within {patience_seconds:g} s")
    try:
        vulnerable, asked, unknown = findings(json.loads(done.stdout))
    except ValueError:
        # It prints its report, or that it could not make one.
        return _skipped(f"{source} cannot be reached")
    for line in vulnerable:
        print(f"error: {line}", file=sys.stderr)
    if not asked:
        return _skipped(f"{source} told nothing about any of {unknown} packages")
    print(f"{asked} packages looked up, {len(vulnerable)} known vulnerabilities, {unknown} packages unknown there.")
    return 1 if vulnerable else 0


def _skipped(why: str) -> int:
    print(f"Skipped: {why}, so known vulnerabilities were NOT looked up.")
    return 0


def findings(told: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """Vulnerabilities as lines, how many packages were looked up, and how many the index told nothing about."""
    packages: list[Mapping[str, Any]] = list(told.get("dependencies", ()))
    known = [package for package in packages if "skip_reason" not in package]
    lines = [
        f"{package['name']} {package['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
        for package in known
        for one in package["vulns"]
    ]
    return lines, len(known), len(packages) - len(known)


if __name__ == "__main__":
    sys.exit(main())
