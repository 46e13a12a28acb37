"""Requests go to the configured host, over verified TLS, and nowhere else."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import Message, ModelFailure, ModelRequest
from artifact_assets.domain.refusals import Refusal
from resources.clock import SystemClock
from resources.http.client import HttpClient
from resources.language_model.openai_model import OpenAIModel


class Handler(http.server.BaseHTTPRequestHandler):
    """Counts what arrives; sends POSTs on to ``elsewhere`` where there is one."""

    seen: list[str]
    elsewhere: str | None

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.seen.append(self.path)
        self.send_response(307 if self.elsewhere else 200)
        if self.elsewhere:
            self.send_header("location", self.elsewhere + self.path)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Nothing on the terminal."""


@contextmanager
def serving(elsewhere: str | None = None, certificate: Path | None = None) -> Generator[tuple[str, list[str]]]:
    """A server on a free port: its address and the paths it was asked for."""
    seen: list[str] = []
    handler = type("Here", (Handler,), {"seen": seen, "elsewhere": elsewhere})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    scheme = "https" if certificate else "http"
    yield f"{scheme}://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(folder / "key.pem"),
        "-out",
        str(folder / "cert.pem"),
    ]
    subprocess.run([openssl, *made, *names], check=True, capture_output=True)
    return folder


async def ask(base_url: str) -> ModelFailure | None:
    model = OpenAIModel(f"{base_url}/v1", "key", ModelPolicy(), SystemClock())
    request = ModelRequest("p", "m", (Message("user", "said in confidence"),), "claims", {"type": "object"})
    try:
        await model.ask(request)
    except ModelFailure as failure:
        return failure
    finally:
        await model.aclose()
    return None


async def test_a_destination_whose_certificate_nobody_vouches_for_is_not_spoken_to(self_signed: Path) -> None:
    with serving(certificate=self_signed) as (address, seen):
        client = HttpClient("crm", address)
        with pytest.raises(Refusal) as refused:
            await client.call("POST", "/thing", json={}, write=True)
        client.close()
    assert refused.value.failure_class is FailureClass.DESTINATION_UNAVAILABLE
    assert seen == []


async def test_a_model_whose_certificate_nobody_vouches_for_is_told_nothing(self_signed: Path) -> None:
    with serving(certificate=self_signed) as (address, seen):
        failure = await ask(address)
    assert failure is not None
    assert failure.failure_class is FailureClass.MODEL_UNAVAILABLE
    assert seen == []


async def test_a_model_that_answers_from_another_address_is_not_followed_there() -> None:
    with serving() as (other, seen_there), serving(other) as (address, seen_here):
        assert await ask(other) is None
        seen_there.clear()
        failure = await ask(address)
    assert failure is not None
    assert "another address" in failure.cause
    assert (len(seen_here), seen_there) == (1, [])


@pytest.mark.parametrize(
    "told",
    ["https://169.254.169.254/latest", "//127.0.0.1/admin", "http://[::1]/", "file:///etc/passwd", "\\\\host\\share"],
)
async def test_a_page_that_a_vendor_names_is_asked_of_the_configured_host_or_not_at_all(told: str) -> None:
    with serving() as (address, seen):
        client = HttpClient("crm", address)
        with pytest.raises(PipelineError, match="another host"):
            await client.call("GET", told)
        client.close()
    assert seen == []


async def test_a_proxy_of_the_environment_is_used_for_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as (address, seen):
        monkeypatch.setenv("http_proxy", address)
        model = OpenAIModel("http://model.example/v1", "key", ModelPolicy(), SystemClock())
        request = ModelRequest("p", "m", (Message("user", "hello"),), "claims", {})
        answer = await model.ask(request)
        await model.aclose()
    assert (answer.content, seen) == (b"{}", ["http://model.example/v1/chat/completions"])
