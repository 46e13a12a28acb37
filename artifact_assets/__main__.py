"""``python -m artifact_assets``: the command line.

What belongs here: starting it. What does not: any command (see ``artifact_assets.commands``).
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; an interruption while it is still being loaded is one line, too."""
    try:
        from artifact_assets.commands.main import run  # noqa: PLC0415 - loading is what may be interrupted
    except KeyboardInterrupt:
        print("interrupted before anything was started.", file=sys.stderr)  # noqa: T201 - the shell is not loaded
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
