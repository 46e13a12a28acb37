"""The transcripts of the same work: 220 turns, about 28 kB of talk each, the same from run to run.

What belongs here: files. What does not: what is done with them. ``harness`` names a folder with the peers' ``common.py``, whose
``make_data`` then writes them; without one, meetings of the same size and shape are written here.
"""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

TURNS = 220
_WORDS = """account agenda answer budget buyer call candidate contract customer date demo discount draft email feature
    launch margin market meeting offer partner plan price product project proposal question region release renewal"""
WORDS = _WORDS.split()


def meeting_ids(count: int) -> list[str]:
    """As the peers name them."""
    return [f"m{number:05d}" for number in range(count)]


def write_transcripts(folder: Path, count: int, harness: Path | None = None) -> list[Path]:
    """The transcripts, each with a sidecar that tells its id and time; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    source = _of_the_peers(harness, count) if harness is not None else None
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    paths = [folder / f"{name}.json" for name in meeting_ids(count)]
    for path in paths:
        if path.exists():
            continue
        if source is not None:
            shutil.copyfile(source / path.name, path)
        else:
            path.write_text(json.dumps({"title": f"Call {path.stem}", "segments": _segments(path.stem)}))
        sidecar = {"meeting_id": path.stem, "title": f"Call {path.stem}", "started_at": started_at, "kind": "sales"}
        path.with_name(f"{path.stem}.meta.json").write_text(json.dumps(sidecar))
    return paths


def _of_the_peers(harness: Path, count: int) -> Path:
    specification = importlib.util.spec_from_file_location("peers_common", harness / "common.py")
    if specification is None or specification.loader is None:
        raise SystemExit(f"no common.py in {harness}")
    common = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(common)
    common.make_data(count)
    return Path(str(common.DATA))


def _segments(name: str) -> list[dict[str, object]]:
    chance = random.Random(name)
    segments: list[dict[str, object]] = []
    for number in range(TURNS):
        text = " ".join(chance.choice(WORDS) for _ in range(18))
        if number % 40 == 20:
            text = f"I will send the {chance.choice(WORDS)} to {chance.choice(WORDS)} by friday"
        if number % 70 == 35:
            text = f"We decided to move the {chance.choice(WORDS)} forward"
        segments.append({"t": number * 8.0, "speaker": f"spk_{number % 4}", "text": text})
    return segments
