"""A language model behind any endpoint that speaks OpenAI's chat completions.

What belongs here: one call through the official SDK, and its failures in our words. What does not: retries, limits and
budgets (see ``artifact_assets.extraction.model.asking``) and reading the answer (see its ``envelope``).

Chat completions, because local servers hold a model to a schema there and ignore it in the Responses API. The SDK's own
retries are off: they would pay twice, outside every budget. Its parsing is not used: a body that is no completion makes it
fail in ways outside its own family of errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import ModelRequest, RawAnswer
from artifact_assets.domain.ports import Clock
from resources.language_model.classification import connection_failure, status_failure
from resources.language_model.headers import limits_of, retry_after

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI = "https://api.openai.com/v1"
MOST_CONNECTIONS = 1000
MOST_KEPT = 100
_NO_KEY = "not-needed"
"""Local servers ask for none, and the SDK insists on one."""


class OpenAIModel:
    """``LanguageModel`` over HTTP. ``base_url`` ends where ``/chat/completions`` begins.

    Raises PipelineError(model_unavailable) for OpenAI itself without a key, and for a URL that is none.
    """

    def __init__(self, base_url: str | None, api_key: str | None, policy: ModelPolicy, clock: Clock) -> None:
        # Most of a second, which processes without a model must not pay, and which no call's time should hold.
        import httpx2  # noqa: PLC0415 - comes with the SDK
        import openai  # noqa: PLC0415 - see above
        import openai.resources.chat  # noqa: PLC0415 # pyright: ignore[reportUnusedImport] - put off to the first call otherwise

        self._sdk, self._http = openai, httpx2
        # At debug level they write whole requests, and with them what was said.
        for name in ("openai", "httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._base_url = base_url or OPENAI
        address = urlsplit(self._base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise PipelineError(
                FailureClass.MODEL_UNAVAILABLE,
                "ARTIFACTS_LLM_BASE_URL is not an http or https URL, so no model can be asked.",
                "Set it like https://host/v1, or unset it for OpenAI.",
            )
        if api_key is None and base_url is None:
            raise PipelineError(
                FailureClass.MODEL_UNAVAILABLE,
                "A model of OpenAI is configured without a key, so it cannot be asked.",
                "Set OPENAI_API_KEY, or ARTIFACTS_LLM_BASE_URL for a server of your own.",
            )
        # Without user and password, which a URL may hold.
        self._provider = address.hostname + (f":{address.port}" if address.port else "")
        self._api_key = api_key or _NO_KEY
        self._policy = policy
        self._clock = clock
        self._client: tuple[asyncio.AbstractEventLoop, AsyncOpenAI] | None = None

    @property
    def provider(self) -> str:
        """The endpoint's host and port."""
        return self._provider

    async def ask(self, request: ModelRequest) -> RawAnswer:
        """See ``LanguageModel.ask``. Bounded by the connect and read timeouts; the caller bounds the whole."""
        with self.failures():
            # The SDK's door for bodies it is not to touch: nothing typed, nothing parsed.
            response = await self.connected().post(
                "/chat/completions", cast_to=self._http.Response, body=body_of(request)
            )
        headers = _lower(response.headers)
        return RawAnswer(response.content, limits_of(headers), headers.get("x-request-id"))

    @contextlib.contextmanager
    def failures(self) -> Generator[None]:
        """Turns the SDK's errors within the block into ``ModelFailure``."""
        openai = self._sdk
        try:
            yield
        except openai.APIStatusError as error:
            wait = retry_after(_lower(error.response.headers), self._clock.now())
            raise status_failure(self._provider, error.status_code, error.code, error.type, error.param, wait) from None
        except openai.APIConnectionError as error:
            kind = type(error.__cause__ or error).__name__
            raise connection_failure(
                self._provider,
                timed_out=isinstance(error, openai.APITimeoutError),
                connected=kind not in {"ConnectTimeout", "PoolTimeout"},
                kind=kind,
            ) from None
        except openai.OpenAIError as error:
            kind = type(error).__name__
            raise connection_failure(self._provider, timed_out=False, connected=False, kind=kind) from None

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        known, self._client = self._client, None
        if known is not None and known[0] is asyncio.get_running_loop():
            await known[1].close()

    def connected(self) -> AsyncOpenAI:
        """A client of the running event loop: its connections cannot move to another one."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._client[0] is not loop:
            policy = self._policy
            timeout = self._http.Timeout(
                policy.read_timeout_seconds,
                connect=policy.connect_timeout_seconds,
                pool=policy.call_timeout_seconds,
            )
            # A client of our own: the SDK's closes itself on whatever loop runs when it is collected.
            # No redirects: a transcript goes to the host that was configured and to no other one.
            http = self._http.AsyncClient(timeout=timeout, follow_redirects=False, **self._transport())
            client = self._sdk.AsyncOpenAI(
                api_key=self._api_key, base_url=self._base_url, timeout=timeout, max_retries=0, http_client=http
            )
            self._client = (loop, client)
        return self._client[1]

    def _transport(self) -> dict[str, Any]:
        """Connections lent one by one; through a proxy of the environment those of the client, which knows about proxies."""
        if getproxies():
            limits = self._http.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_KEPT)
            return {"limits": limits}
        from resources.http.connections import Connections, LendingTransport  # noqa: PLC0415 - as above

        return {"transport": LendingTransport(Connections(trust_environment=True))}


def body_of(request: ModelRequest) -> dict[str, Any]:
    """The request as the wire format has it."""
    form = {"name": request.schema_name, "strict": True, "schema": dict(request.schema)}
    return {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.text} for message in request.messages],
        "response_format": {"type": "json_schema", "json_schema": form},
        **request.parameters,
    }


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
