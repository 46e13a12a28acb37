"""``make demo``: the bundled meetings through the whole pipeline, compared with what each should become.

What belongs here: running the command line as a user would and reading its answers. What does not: the pipeline.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from artifact_assets.commands.main import run as command_line  # noqa: E402 - the root must be on the path first

OUTSIDE = dict(os.environ)
MEETINGS = ROOT / "examples" / "meetings"
HOME = ROOT / ".artifacts" / "demo"
SHOWN = "globex-renewal"
COMPARED = ("state", "failure_class", "items", "quarantined", "delivered")


def main() -> int:
    """Two weeks in November, day by day; 0 when every example ends as its expected file says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="write what happened into the expected files")
    accept: bool = parser.parse_args().accept
    files = examples()
    last = process_all(files)
    print("\nWhat became of them (python -m artifact_assets meetings):\n", flush=True)
    run(last, "meetings")
    print(f"\nOne of them in full (python -m artifact_assets show {SHOWN}):\n", flush=True)
    run(last, "show", SHOWN)
    found = {row["meeting_id"]: row for row in asked(last, "meetings")}
    if accept:
        for path in files:
            write_expected(path, found)
    wrong = [problem for path in files for problem in compare(path, found)]
    print(f"\n{len(files) - len(wrong)} of {len(files)} meetings ended as their expected file says.")
    for problem in wrong:
        print(f"  {problem}")
    print(NEXT.format(home=HOME.relative_to(ROOT)))
    return 1 if wrong else 0


def examples() -> list[Path]:
    """The bundled transcripts."""
    return sorted(path for path in MEETINGS.iterdir() if not path.name.endswith((".meta.json", ".expected.json")))


def process_all(files: list[Path]) -> str:
    """Every day's meetings, processed when the last of them has arrived, in a fresh home; the last moment."""
    shutil.rmtree(HOME, ignore_errors=True)
    days: dict[str, list[Path]] = defaultdict(list)
    moments: dict[str, str] = {}
    for path in files:
        arrives_at: str = expected_of(path)["arrives_at"]
        days[arrives_at[:10]].append(path)
        moments[arrives_at[:10]] = max(arrives_at, moments.get(arrives_at[:10], ""))
    print(
        f"{len(files)} meetings of {len(days)} days, each day's through Dagster on that day ...\n",
        flush=True,
    )
    for day, arrived in sorted(days.items()):
        print(f"{day}  {', '.join(path.name for path in arrived)}", flush=True)
        run(moments[day], "process", *map(str, arrived), quiet=True)
    return max(moments.values())


def expected_of(path: Path) -> dict[str, Any]:
    """The example's expected file."""
    loaded: dict[str, Any] = json.loads(path.with_name(f"{path.stem}.expected.json").read_text("utf-8"))
    return loaded


def write_expected(path: Path, found: dict[str, dict[str, Any]]) -> None:
    """Bring the compared keys of an expected file up to date, after a person has looked at what changed."""
    expected = expected_of(path)
    row = found[expected["meeting_id"]]
    expected.update({key: row[key] for key in COMPARED})
    target = path.with_name(f"{path.stem}.expected.json")
    target.write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n", "utf-8")


def compare(path: Path, found: dict[str, dict[str, Any]]) -> list[str]:
    """What is different from the example's expected file, as sentences."""
    expected = expected_of(path)
    row = found.get(expected["meeting_id"])
    if row is None:
        return [f"{path.name}: no meeting {expected['meeting_id']}"]
    differing = [f"{key} {row[key]} instead of {expected[key]}" for key in COMPARED if row[key] != expected[key]]
    return [f"{path.name}: {', '.join(differing)}"] if differing else []


def run(moment: str, *arguments: str, quiet: bool = False) -> None:
    """A command of ours at ``moment``. Exit 1 is normal: some examples are meant to fail."""
    told = io.StringIO()
    streams = (redirect_stdout(told), redirect_stderr(told)) if quiet else ()
    with ExitStack() as stack:
        for stream in streams:
            stack.enter_context(stream)
        code = call(moment, arguments)
    if code not in (0, 1):
        sys.stderr.write(told.getvalue())
        sys.exit(code)


def asked(moment: str, *arguments: str) -> list[dict[str, Any]]:
    """The JSON answer of a command of ours."""
    told = io.StringIO()
    with redirect_stdout(told):
        call(moment, (*arguments, "--json"))
    rows: list[dict[str, Any]] = json.loads(told.getvalue())
    return rows


def call(moment: str, arguments: Sequence[str]) -> int:
    """The command line in this process: a fresh one for each day would spend its time on imports."""
    os.environ.clear()
    os.environ.update(environment(moment))
    sys.argv = ["artifact_assets", *arguments]
    try:
        command_line()
    except SystemExit as end:
        return int(end.code or 0)


def environment(moment: str) -> dict[str, str]:
    """A home of its own and no model, whatever is configured outside; the clock starts at ``moment``."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ARTIFACTS_", "DAGSTER_", "OPENAI_"))
    }
    return {
        **kept,
        "ARTIFACTS_HOME": str(HOME),
        "ARTIFACTS_CONFIG": str(ROOT / "examples" / "artifacts.yaml"),
        "ARTIFACTS_NOW": moment,
    }


NEXT = """
What to do next:
  look into the records   ARTIFACTS_HOME={home} .venv/bin/python -m artifact_assets records
  your own meeting        .venv/bin/python -m artifact_assets process my.vtt
  the web UI              make up
"""

if __name__ == "__main__":
    sys.exit(main())
