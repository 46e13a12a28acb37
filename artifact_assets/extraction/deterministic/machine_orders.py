"""Turns that speak to a machine and not to anybody in the meeting: read aloud, pasted, or hidden in a caption.

What belongs here: leaving them out before any rule looks. What does not: recognizing them (see ``domain.art.orders``, which
also holds what a model makes of them).

The rules cannot be talked into anything, but the words of an order can look like a value or a tag.
"""

from __future__ import annotations

from artifact_assets.domain.art.orders import addresses_machine
from artifact_assets.domain.transcript import Transcript


def without_orders(transcript: Transcript) -> Transcript:
    """The transcript without the turns that are meant for a machine; the others keep their numbers."""
    turns = tuple(turn for turn in transcript.turns if not addresses_machine(turn.text))
    return transcript if len(turns) == len(transcript.turns) else transcript.model_copy(update={"turns": turns})
