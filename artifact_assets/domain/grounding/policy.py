"""How closely a quote has to match the meeting.

What belongs here: the numbers of alignment. What does not: what happens to an item that fails them (see ``art``).
"""

from __future__ import annotations

from pydantic import Field

from artifact_assets.domain.documents import Document


class GroundingPolicy(Document):
    """Thresholds of alignment. Shares are 0..1 of the quote's normalized words.

    A model that copies a quote changes little: it drops fillers, repairs a word. The defaults let a quarter of the
    words differ and refuse sentences assembled from the meeting's own vocabulary.
    """

    min_coverage: float = Field(
        default=0.6, gt=0.5, le=1, description="Share of the quote's words that must occur in order in a turn it cites."
    )
    min_coverage_elsewhere: float = Field(
        default=0.7, gt=0.5, le=1, description="The same in turns it does not cite, where nothing else speaks for it."
    )
    min_content_coverage: float = Field(
        default=0.25, ge=0, le=1, description="Share of the words that carry meaning; function words match anywhere."
    )
    max_gap_share: float = Field(
        default=0.34,
        gt=0,
        le=1,
        description="Longest stretch of the quote that may be missing; two half sentences miss half in one piece.",
    )
    min_density: float = Field(
        default=0.55,
        gt=0,
        le=1,
        description="Matched words over the words of the place found; scattered words are no quote.",
    )
    short_words: int = Field(
        default=3,
        ge=0,
        le=20,
        description="A quote of at most this many words counts only in a turn it cites: 'yes' is everywhere.",
    )
    interruption_turns: int = Field(
        default=3,
        ge=0,
        le=20,
        description="Turns of others that may lie inside one quote of one speaker.",
    )
    max_quote_words: int = Field(
        default=400,
        ge=10,
        le=5000,
        description="A longer quote is refused: it points at no place, and it is slow.",
    )
