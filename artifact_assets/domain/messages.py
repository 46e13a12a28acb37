"""Messages to people: a title, lines, and an id that stays the same when one is sent again.

What belongs here: the value, the port, and how an alert reads. What does not: HTTP and the shape a chat wants (see
``resources.messages``), and deciding what to send.

No message holds a word of a transcript unless the configuration allows quotes outside (``quotes_in_ui``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.alerts import Alert, Severity
from artifact_assets.domain.display import displayed_line


@dataclass(frozen=True)
class Message:
    """What a person reads. ``message_id`` lets a receiver drop what it got twice; ``lines`` are plain text."""

    message_id: str
    title: str
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Everything on one screen of plain text."""
        return "\n".join((self.title, *self.lines))


class Messages(Protocol):
    """Where messages go."""

    async def send(self, message: Message) -> None:
        """Hand a message over. Raises PipelineError when it was not known to be accepted; it may be sent again."""
        ...


class Heartbeat(Protocol):
    """Whoever raises the alarm when nothing is heard of us any more."""

    async def beat(self) -> None:
        """Give a sign of life. Raises PipelineError when it was not known to be heard."""
        ...


_MARK = {Severity.CRITICAL: "\N{LARGE RED CIRCLE}", Severity.WARNING: "\N{LARGE YELLOW CIRCLE}"}
_OVER = "\N{LARGE GREEN CIRCLE}"


def alarm(alert: Alert) -> Message:
    """The message of an open alert, the first one or a repeated one."""
    wrong = alert.condition
    again = f" (still, message {alert.told + 1})" if alert.told else ""
    return Message(
        f"{alert.alert_id}-{alert.told}",
        displayed_line(f"{_MARK[wrong.severity]} {wrong.severity}: {wrong.title}{again}"),
        tuple(
            displayed_line(line)
            for line in (
                wrong.cause,
                f"Since {_time(wrong.since)}, {wrong.count} affected"
                + (f", for example meeting {wrong.example_meeting}." if wrong.example_meeting else "."),
                f"Next: {wrong.next_command}" if wrong.next_command else "",
            )
            if line
        ),
    )


def all_clear(alert: Alert, now: datetime) -> Message:
    """The message that what was wrong is over."""
    wrong = alert.condition
    minutes = max(1, round((now - alert.opened_at).total_seconds() / 60))
    unheard = "" if alert.told else " None of the messages about it was accepted."
    return Message(
        f"{alert.alert_id}-resolved",
        displayed_line(f"{_OVER} resolved: {wrong.title}"),
        (
            displayed_line(
                f"{wrong.over or 'It is over.'} Open for {minutes} minutes since {_time(wrong.since)}.{unheard}"
            ),
        ),
    )


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
