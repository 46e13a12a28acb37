"""``python -m tests.extraction.model.ask_once HOME URL``: extract one meeting in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.extraction.model.desk import PROMISE, open_desk


def main(home: str, url: str) -> None:
    """Print how many claims were found."""
    with open_desk(Path(home), url) as desk:
        found = asyncio.run(desk.extractor.extract(PROMISE, "d" * 64, desk.brief))
    print(len(found.claims))


if __name__ == "__main__":
    main(*sys.argv[1:])
