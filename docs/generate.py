"""``python docs/generate.py``: write the pages under ``docs/`` that are made from the code.

What belongs here: writing files. What does not: what they say (see ``artifact_assets.reference``).
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from artifact_assets.reference.pages import PAGES  # noqa: E402 - the root is no installed package


def main() -> None:
    """Write every page anew."""
    for name, make in PAGES.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    main()
