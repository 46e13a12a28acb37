"""``python -m artifact_assets``: the command line.

What belongs here: starting it. What does not: any command (see ``artifact_assets.commands``).
"""

from __future__ import annotations

from artifact_assets.commands.main import run

if __name__ == "__main__":
    run()
