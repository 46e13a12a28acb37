"""Taking erased meetings out of the export.

What belongs here: the export as one of the places an erasure reaches. What does not: the files (see ``books``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from artifact_assets.domain.erasure import Taken
from artifact_assets.domain.records import Intent


@dataclass(frozen=True)
class Exported:
    """``Copies`` in the export below ``folder``. It holds no words, but the rows of an erased meeting have no use."""

    folder: Path

    async def forget(self, meeting_id: str, intents: Iterable[Intent]) -> Taken:
        """See ``Copies.forget``."""
        # Imported here, because polars would cost every run a second at its start.
        from artifact_assets.reliability.books import forget_in_export  # noqa: PLC0415 - see above

        del intents
        return Taken(await asyncio.to_thread(forget_in_export, self.folder, [meeting_id]))
