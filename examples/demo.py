"""``make demo``: the bundled meetings through the whole pipeline, compared with what each should become.

What belongs here: running the command line as a user would and reading its answers. What does not: the pipeline.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEETINGS = ROOT / "examples" / "meetings"
HOME = ROOT / ".artifacts" / "demo"
SHOWN = "globex-renewal"
NOW = "2026-11-20T18:00:00+00:00"
"""The examples took place in November 2026; judged by today's clock their tasks would be past due."""


def main() -> int:
    """Run everything; 0 when every example ends as its expected file says."""
    shutil.rmtree(HOME, ignore_errors=True)
    files = sorted(path for path in MEETINGS.iterdir() if not path.name.endswith((".meta.json", ".expected.json")))
    print(f"Processing {len(files)} meetings through Dagster into {HOME.relative_to(ROOT)} ...\n", flush=True)
    run("process", *(str(path) for path in files))
    found = {row["meeting_id"]: row for row in asked("meetings")}
    print(f"\nOne of them in full: python -m artifact_assets show {SHOWN}\n", flush=True)
    run("show", SHOWN)
    wrong = [problem for path in files for problem in compare(path, found)]
    print(f"\n{len(files) - len(wrong)} of {len(files)} meetings ended as their expected file says.")
    for problem in wrong:
        print(f"  {problem}")
    print(NEXT.format(home=HOME.relative_to(ROOT)))
    return 1 if wrong else 0


def compare(path: Path, found: dict[str, dict[str, Any]]) -> list[str]:
    """What is different from the example's expected file, as sentences."""
    expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text("utf-8"))
    sidecar = path.with_name(f"{path.stem}.meta.json")
    named = json.loads(sidecar.read_text("utf-8")).get("meeting_id") if sidecar.exists() else expected["meeting_id"]
    row = found.get(named)
    if row is None:
        return [f"{path.name}: no meeting {named}"]
    keys = ("state", "failure_class", "items", "quarantined", "delivered")
    differing = [
        f"{key} {row[key]} instead of {expected[key]}" for key in keys if row[key] != expected.get(key, row[key])
    ]
    return [f"{path.name}: {', '.join(differing)}"] if differing else []


def run(*arguments: str) -> None:
    """A command of ours, its output passed on. Exit 1 is normal: some examples are meant to fail."""
    done = subprocess.run(
        [sys.executable, "-m", "artifact_assets", *arguments], cwd=ROOT, env=environment(), check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)


def asked(*arguments: str) -> list[dict[str, Any]]:
    """The JSON answer of a command of ours."""
    done = subprocess.run(
        [sys.executable, "-m", "artifact_assets", *arguments, "--json"],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def environment() -> dict[str, str]:
    """A home of its own and no model, whatever is configured outside."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ARTIFACTS_", "DAGSTER_", "OPENAI_"))
    }
    return {
        **kept,
        "ARTIFACTS_HOME": str(HOME),
        "ARTIFACTS_CONFIG": str(ROOT / "examples" / "artifacts.yaml"),
        "ARTIFACTS_NOW": NOW,
    }


NEXT = """
What to do next:
  look into the records   ARTIFACTS_HOME={home} .venv/bin/python -m artifact_assets records
  your own meeting        .venv/bin/python -m artifact_assets process my.vtt
  the web UI              make up
"""

if __name__ == "__main__":
    sys.exit(main())
