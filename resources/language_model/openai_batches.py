"""The batch service of OpenAI and of those who copied it.

What belongs here: files and batches through the official SDK. What does not: which requests go into a batch (see
``artifact_assets.extraction.model.batch_desk``).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.model_batches import BatchProgress
from artifact_assets.domain.model_ports import ModelRequest
from resources.language_model.openai_model import OpenAIModel, body_of

ENDPOINT = "/v1/chat/completions"
KEY = "artifacts_batch"
_OVER = frozenset({"completed", "failed", "expired", "cancelled"})
_LISTED = 100


class OpenAIBatches:
    """``BatchEndpoint`` on the connections of an ``OpenAIModel``."""

    def __init__(self, model: OpenAIModel) -> None:
        self._model = model

    def line(self, request: ModelRequest) -> bytes:
        """See ``BatchEndpoint.line``. The custom id is the request's digest, so that an answer finds its request."""
        return canonical_json(
            {"custom_id": request.digest, "method": "POST", "url": ENDPOINT, "body": body_of(request)}
        )

    async def submit(self, key: str, lines: bytes) -> str:
        """See ``BatchEndpoint.submit``."""
        async with self._client() as client:
            file = await client.files.create(file=(f"{key[:16]}.jsonl", lines), purpose="batch")
            batch = await client.batches.create(
                input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={KEY: key}
            )
            found: str = batch.id
            return found

    async def find(self, key: str) -> str | None:
        """See ``BatchEndpoint.find``."""
        async with self._client() as client:
            async for batch in client.batches.list(limit=_LISTED):
                if (batch.metadata or {}).get(KEY) == key:
                    found: str = batch.id
                    return found
        return None

    async def poll(self, batch_id: str) -> BatchProgress:
        """See ``BatchEndpoint.poll``."""
        async with self._client() as client:
            batch = await client.batches.retrieve(batch_id)
            if batch.status not in _OVER:
                return BatchProgress(batch.status, ended=False)
            files = [name for name in (batch.output_file_id, batch.error_file_id) if name]
            contents = [(await client.files.content(name)).content for name in files]
            return BatchProgress(batch.status, ended=True, files=tuple(contents))

    async def cancel(self, batch_id: str) -> None:
        """See ``BatchEndpoint.cancel``."""
        async with self._client() as client:
            await client.batches.cancel(batch_id)

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[Any]:
        with self._model.failures():
            yield self._model.connected()
