"""The shipped reverse proxy as a real nginx, in front of two web servers of this machine.

What belongs here: starting it on a free port with the shipped file, and users for it. What does not: who may do what.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.instruments.deployment import ROOT
from tests.instruments.processes import Supervised, until
from tests.instruments.servers import free_port

SHIPPED = ROOT / "deploy" / "production" / "proxy"


class Proxy:
    """nginx with ``users`` (name to password); those in the shipped operators.conf may act."""

    def __init__(self, folder: Path, web_port: int, viewer_port: int, users: Mapping[str, str]) -> None:
        self.port = free_port()
        self.folder = folder
        configuration = (SHIPPED / "nginx.conf").read_text()
        for shipped, here in (
            ("listen 8080;", f"listen 127.0.0.1:{self.port};"),
            ("pid /tmp/nginx.pid;", f"pid {folder}/nginx.pid; daemon off;"),
            ("access_log /dev/stdout", f"access_log {folder}/access.log"),
            ("error_log /dev/stderr", f"error_log {folder}/error.log"),
        ):
            assert shipped in configuration, f"the shipped file no longer says {shipped}"
            configuration = configuration.replace(shipped, here)
        (folder / "nginx.conf").write_text(configuration)
        (folder / "upstreams.conf").write_text(
            f"upstream web {{ server 127.0.0.1:{web_port}; }}\nupstream viewer {{ server 127.0.0.1:{viewer_port}; }}\n"
        )
        shutil.copy(SHIPPED / "operators.conf", folder)
        lines = [f"{name}:{_salted(password)}" for name, password in users.items()]
        (folder / "users").write_text("\n".join(lines) + "\n")
        folder.chmod(0o755)
        command = [nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        self.process = Supervised("nginx", command, {"PATH": "/usr/sbin:/usr/bin:/bin"}, folder, folder / "nginx.log")

    def start(self) -> None:
        """Start and wait until it refuses."""
        self.process.start()
        until(lambda: self._code() == 401, "the proxy", 20)

    def ask(
        self, who: tuple[str, str] | None, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body of a request as a user."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": "application/json"}
        )
        for name, value in headers.items():
            request.add_header(name, value)
        if who is not None:
            request.add_header("Authorization", "Basic " + base64.b64encode(":".join(who).encode()).decode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def _code(self) -> int:
        try:
            return self.ask(None, "/")[0]
        except OSError:
            return 0


def nginx() -> str:
    """The program, or an empty string where there is none."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") or ""


def _salted(password: str) -> str:
    salt = b"pepper"
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()
