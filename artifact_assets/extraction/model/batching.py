"""Leaving a request to the next batch instead of sending it.

What belongs here: which requests are left, and the deferral of those who need them. What does not: the batches (see
``batch_desk``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from artifact_assets.domain.brief import Errand
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_batches import BatchBook, BatchEndpoint, BatchPolicy, BatchRequest, Queued
from artifact_assets.domain.model_ports import ModelRequest
from artifact_assets.domain.ports import ArtifactStore, Clock


@dataclass(frozen=True)
class Batching:
    """Queues requests of backfills, or of all, as the policy says."""

    book: BatchBook
    endpoint: BatchEndpoint
    store: ArtifactStore
    clock: Clock
    policy: BatchPolicy

    def takes(self, errand: Errand) -> bool:
        """Whether requests on this errand go into batches."""
        return self.policy.use == "all" or (self.policy.use == "backfill" and errand.backfill is not None)

    async def put_off(self, request: ModelRequest, errand: Errand) -> None:
        """Leave the request to a batch and raise Deferral; return when it has to be sent at once after all."""
        now = self.clock.now()
        line = self.endpoint.line(request)
        queued = await self.book.enqueue(
            BatchRequest(
                request_digest=request.digest,
                line=await self.store.put(line),
                size_bytes=len(line),
                model=request.model,
                meeting_id=errand.meeting_id,
                run_id=errand.run_id,
                queued_at=now,
                deadline_at=now + timedelta(seconds=self.policy.deadline_seconds),
            )
        )
        if queued.state is Queued.AT_ONCE:
            return
        waiting = PipelineError(
            FailureClass.MODEL_RATE_LIMITED,
            f"The request about {errand.meeting_id} waits for a batch since {queued.queued_at:%Y-%m-%d %H:%M} UTC; at "
            f"{queued.deadline_at:%Y-%m-%d %H:%M} UTC it is sent by itself.",
            "Nothing; the batch sensor submits and reads batches.",
        )
        raise Deferral(waiting, now + timedelta(seconds=self.policy.poll_seconds))
