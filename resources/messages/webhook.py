"""Messages as JSON to one webhook, in the shape of Slack's incoming webhooks.

What belongs here: the shape, and telling accepted from refused. What does not: what is said (see
``artifact_assets.domain.messages``).

Mattermost, Rocket.Chat, Discord (its ``/slack`` address) and any own receiver take the same shape. The address is a
secret: it is sent nowhere else and told to nobody. ``Idempotency-Key`` is the message's id, for receivers that drop what
came twice. Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (3,000 characters a section).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.messages import Message
from resources.http.budget import Limits
from resources.http.client import HttpClient, Timeouts

TIMEOUTS = Timeouts(connect=5, read=10, total=15, max_bytes=65_536)
LIMITS = Limits(in_flight=1, per_second=1.0)
"""Slack takes one message a second."""
MOST_OF_A_SECTION = 2900


class WebhookMessages:
    """``Messages`` over HTTP. ``name`` is what errors call it; close it."""

    def __init__(
        self,
        name: str,
        url: str,
        now: Callable[[], datetime],
        *,
        limits: Limits = LIMITS,
        timeouts: Timeouts = TIMEOUTS,
    ) -> None:
        base, self._path = split_address(url)
        self._name = name
        self._client = HttpClient(name, base, limits=limits, timeouts=timeouts, now=now)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    async def send(self, message: Message) -> None:
        """See ``Messages.send``. Tried once: the next round is the retry."""
        headers = {"idempotency-key": message.message_id}
        reply = await self._client.call(
            "POST", self._path, json=body_of(message), headers=headers, write=True, anonymous=True
        )
        if not 200 <= reply.status < 300:
            raise PipelineError(
                FailureClass.DESTINATION_UNAVAILABLE,
                f"The {self._name} answered {reply.status}, so message {message.message_id} counts as not sent.",
                f"Nothing; it is sent again. If it repeats, renew the address of the {self._name}.",
            )


def split_address(url: str) -> tuple[str, str]:
    """Scheme and host, and the rest, which holds the secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def body_of(message: Message) -> dict[str, Any]:
    """What is posted: plain text for notifications, blocks for the channel."""
    blocks: list[dict[str, Any]] = [_section(f"*{escaped(message.title)}*")]
    if message.lines:
        blocks.append(_section("\n".join(escaped(line) for line in message.lines)))
    blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": f"id {message.message_id}"}]})
    return {"text": escaped(message.text)[:MOST_OF_A_SECTION], "blocks": blocks}


def escaped(text: str) -> str:
    """Text that names nobody and links nowhere: Slack reads ``<!channel>`` and ``<url|words>`` in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words[:MOST_OF_A_SECTION]}}
