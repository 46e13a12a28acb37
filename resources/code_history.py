"""Commits of the program between two moments, where it runs from a checkout.

What belongs here: asking git. What does not: what a commit has to do with anything.
"""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

SECONDS = 5.0
MOST = 5
ROOT = Path(__file__).resolve().parents[1]


def commits(since: datetime, until: datetime, folder: Path = ROOT) -> tuple[str, ...]:
    """The newest commits, one line each, newest first; none where git or its history is missing."""
    asked = [
        "git", "-C", str(folder), "log", f"--max-count={MOST}", "--pretty=%h %s",
        f"--since={since.isoformat()}", f"--until={until.isoformat()}",
    ]  # fmt: skip
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(f"commit {line}" for line in told.stdout.splitlines())
