"""``make up``: the web UI, the daemon and the sensors on this machine, until Ctrl-C.

What belongs here: starting Dagster on the local default and ending everything it started. What does not: production (see
the other folders of ``deploy``).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from artifact_assets.configuration.schema import read_configuration  # noqa: E402 - the root must be on the path first
from artifact_assets.configuration.settings import Settings  # noqa: E402
from artifact_assets.domain.failures import PipelineError  # noqa: E402
from artifact_assets.instance import open_instance  # noqa: E402
from artifact_assets.wiring import open_equipment  # noqa: E402

HOST = "127.0.0.1"
PATIENCE_SECONDS = 10.0
"""Dagster's own shutdown takes about five; what is left after this is killed."""


def main() -> int:
    """Start, wait, end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "3000")))
    port: int = parser.parse_args().port
    try:
        settings = _prepared()
    except PipelineError as error:
        print(error, file=sys.stderr)
        return 2
    if _answers(port):
        print(f"error: port {port} is taken. Choose another: make up PORT={port + 1}", file=sys.stderr)
        return 2
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    # Set here and not inherited: a shell that starts us in the background hands down an ignored SIGINT.
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, stop)
    log = settings.home / "dagster.log"
    with _dagster(port, log) as process:
        told = False
        while not stopped and process.poll() is None:
            time.sleep(0.2)
            if not told and _ready(port):
                told = True
                print(WELCOME.format(host=HOST, port=port, inbox=settings.inbox, log=log), flush=True)
        if process.poll() is not None:
            last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
            print(
                f"{last}\nerror: Dagster ended by itself; its last messages are above, all of them in {log}",
                file=sys.stderr,
            )
            return 1
    print("Everything has ended.", file=sys.stderr)
    return 0


def _prepared() -> Settings:
    """Settings that work: home, ledger, store and inbox made, configuration read. Raises PipelineError."""
    settings = Settings.from_environment(os.environ)
    settings.make_home()
    with open_equipment(settings, configuration=read_configuration(settings.config)):
        pass
    if "://" not in settings.inbox:
        Path(settings.inbox).mkdir(mode=0o700, parents=True, exist_ok=True)
    open_instance(settings).dispose()
    return settings


@contextlib.contextmanager
def _dagster(port: int, log: Path) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(ROOT / "workspace.yaml"), "-h", HOST, "-p", str(port)]
    # Run workers repeat every event there; a terminal that is to be read must not.
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    process = subprocess.Popen(
        [*command, "--log-level", "warning"],
        stdout=output,
        stderr=output,
        cwd=ROOT,
        # Dagster's notices are for its own developers: superseded commands, preview features.
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        yield process
    finally:
        _end(process)
        os.close(output)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, then make it."""
    for wanted, patience in ((signal.SIGINT, PATIENCE_SECONDS), (signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, wanted)
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except (ProcessLookupError, PermissionError):
                return
            time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/server_info", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


WELCOME = """
The web UI:   http://{host}:{port}
The inbox:    {inbox}   (drop transcripts here, with NAME.meta.json beside NAME.vtt if you have one)
What happens: python -m artifact_assets meetings
The log:      {log}
Ctrl-C ends everything.
"""

if __name__ == "__main__":
    sys.exit(main())
