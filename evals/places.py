"""Where evals keep what is committed.

What belongs here: paths. What does not: anything that reads them.
"""

from __future__ import annotations

from pathlib import Path

ROOM = Path(__file__).parent
GOLDEN = ROOM / "golden"
RECORDINGS = GOLDEN / "recordings"
BASELINE = ROOM / "baseline.json"
STAND_IN = "stand-in"
