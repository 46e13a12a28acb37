"""This project as one more peer of the durable-pipeline harness: what the harness starts, and what it needs before.

What belongs here: being started by path from another folder and interpreter. What does not: the work (see ``worker``).

``peer.py --prepare FOLDER --n 200 [--harness FOLDER]`` makes a deployment on the harness's PostgreSQL; without ``--prepare`` it
is the worker, with the harness's own arguments.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.same_work.home import Home
from benchmarks.same_work.transcripts import write_transcripts

SERVER = "postgresql://bench@127.0.0.1:5499"
FAR_SIDE = "http://127.0.0.1:8099"


def home(folder: Path) -> Home:
    """The deployment in ``folder`` on the harness's back end."""
    return Home(folder, f"{SERVER}/ledger", f"{SERVER.replace('postgresql', 'postgresql+psycopg2')}/dagster", FAR_SIDE)


def main() -> None:
    """See the caption."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepare", type=Path)
    parser.add_argument("--harness", type=Path)
    parser.add_argument("--n", type=int, default=200)
    told, _ = parser.parse_known_args()
    if told.prepare is None:
        from benchmarks.same_work.worker import main as work  # noqa: PLC0415 - preparing needs none of it

        work()
        return
    home(told.prepare).prepare()
    write_transcripts(told.prepare / "transcripts", told.n, told.harness)


if __name__ == "__main__":
    main()
