"""The peers of the durable-pipeline harness and this project in one sitting, by the harness's own clock and meters.

What belongs here: running a copy of the harness with one peer more. What does not: the harness and its peers, which stay where
they are: their folder and an interpreter that has their packages are arguments.

For this project the harness's fake server is replaced by ``far_side``, which counts in the same words: its fake model must
answer the form this project asks for. The back end is the harness's own PostgreSQL, as for DBOS.

``python -m benchmarks.same_work.beside --harness FOLDER --python FOLDER/venv/bin/python [--peers asyncio,dbos-pg] [--kill]``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.same_work.peer import home

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OURS = "meeting-artifacts"

_FAKE_SERVER = """import os, sys
os.chdir({root!r})
os.execv({python!r}, [{python!r}, "-m", "benchmarks.same_work.far_side", *sys.argv[1:]])
"""
_LAUNCH = """import os, runpy, shutil, subprocess, sys
sys.path.insert(0, {copy!r})
import engines

class Ours(engines.Postgres):
    python = {python!r}
    env = {env!r}

    def start(self):
        super().start()
        create = [os.path.join(engines.PGBIN, "createdb"), "-h", "127.0.0.1", "-p", "5499", "-U", "bench"]
        for name in ("ledger", "dagster"):
            subprocess.run([*create, name], check=True)
        shutil.rmtree({home!r}, ignore_errors=True)
        subprocess.run([{python!r}, {peer!r}, "--prepare", {home!r}, "--n", {n!r}, "--harness", {copy!r}], check=True)

engines.PEERS[{ours!r}] = ({peer!r}, "", Ours, False)
sys.argv = ["harness.py", *sys.argv[1:]]
runpy.run_path(os.path.join({copy!r}, "harness.py"), run_name="__main__")
"""


def run(peer: str, arguments: argparse.Namespace, folder: Path) -> None:
    """One peer's runs; a JSON line each."""
    copy = folder / peer
    shutil.copytree(arguments.harness, copy, ignore=shutil.ignore_patterns("venv*", "data", "state", "__pycache__"))
    copy.chmod(0o755)
    deployment = folder / "home"
    texts = {
        "root": str(ROOT),
        "python": sys.executable,
        "copy": str(copy),
        "env": {k: v for k, v in home(deployment).environment.items() if os.environ.get(k) != v},
        "home": str(deployment),
        "peer": str(HERE / "peer.py"),
        "n": str(arguments.meetings),
        "ours": OURS,
    }
    if peer == OURS:
        fake = copy / "fake_server.py"
        fake.unlink()
        fake.write_text(_FAKE_SERVER.format(**texts))
    launch = copy / "launch.py"
    launch.write_text(_LAUNCH.format(**texts))
    command = [arguments.python, str(launch), peer, "--n", str(arguments.meetings), "--runs", str(arguments.runs)]
    command += ["--tries", str(arguments.runs), "--timeout", "600", *(["--kill"] if arguments.kill else [])]
    # Short paths: PostgreSQL's socket lies in the temporary folder.
    environment = {**os.environ, "BENCH_ROOT": str(folder / "bench")}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            print(json.dumps({**json.loads(line), "peer": peer}), flush=True)
    if done.returncode:
        log = folder / "bench" / "state" / "peer.log"
        sys.stderr.write(log.read_text()[-3000:] if log.exists() else "")


def main() -> None:
    """See the caption."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--harness", type=Path, required=True)
    parser.add_argument("--python", required=True, help="an interpreter that has the peers' packages")
    parser.add_argument("--peers", default="asyncio,journal,dbos-pg,celery-threads")
    parser.add_argument("--meetings", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kill", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bs-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for peer in [OURS, *filter(None, arguments.peers.split(","))]:
            run(peer, arguments, folder)


if __name__ == "__main__":
    main()
