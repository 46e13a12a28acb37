"""How fast and how lean reading transcripts is, beside webvtt-py and pysubs2 on the same files.

What belongs here: cost by size, memory by size, and the ratios. Run: ``python -m benchmarks.formats_bench [--json]``.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
import time
import tracemalloc
from collections.abc import Callable

import pysubs2
import webvtt

from artifact_assets.formats.reading import read_transcript

SIZES = (10_000, 100_000, 1_000_000, 5_000_000, 19_900_000)
HOUR = 100_000
TEXT = "we should send the updated contract before friday so that legal can review every clause of it again"
WORDS = TEXT.split()
SPEAKERS = ("Ann Lee", "Bob Ray", "Dr. Chen", "José Ruiz")


def webvtt_file(size: int, *, voices: bool = True, cues_per_turn: int = 3) -> bytes:
    """WebVTT of about ``size`` bytes: Teams' voice spans, or Zoom's ``Name: text``. 100 kB is an hour of talk."""
    parts = ["WEBVTT\n"]
    length, cue, at = 8, 0, 0.0
    while length < size:
        speaker = SPEAKERS[(cue // cues_per_turn) % len(SPEAKERS)]
        text = " ".join(WORDS[(cue + offset) % len(WORDS)] for offset in range(9))
        said = f"<v {speaker}>{text}.</v>" if voices else f"{speaker}: {text}."
        block = f"\n{cue + 1}\n{_stamp(at)} --> {_stamp(at + 3.6)}\n{said}\n"
        parts.append(block)
        length += len(block.encode())
        cue += 1
        at += 3.9
    return "".join(parts).encode()


def best_seconds(work: Callable[[], object], *, rounds: int) -> float:
    """The fastest of ``rounds`` runs: the noise of a shared machine only ever adds."""
    times: list[float] = []
    for _ in range(rounds):
        gc.collect()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def peak_bytes(work: Callable[[], object]) -> int:
    """The highest allocation while ``work`` runs, its input not counted."""
    gc.collect()
    tracemalloc.start()
    kept = work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


def measured() -> dict[str, object]:
    """All figures."""
    by_size: list[dict[str, object]] = []
    for size in SIZES:
        content = webvtt_file(size)
        seconds = best_seconds(lambda content=content: read_transcript(content), rounds=5 if size <= 1_000_000 else 2)
        row: dict[str, object] = {
            "bytes": len(content),
            "milliseconds": round(seconds * 1000, 2),
            "microseconds_per_kb": round(seconds * 1e9 / len(content), 1),
        }
        if size >= 1_000_000:
            row["peak_memory_ratio"] = round(
                peak_bytes(lambda content=content: read_transcript(content)) / len(content), 1
            )
        by_size.append(row)
    dense = webvtt_file(1_000_000, cues_per_turn=1)
    hour = webvtt_file(HOUR)
    text = hour.decode()
    zoom = webvtt_file(HOUR, voices=False)
    ours = best_seconds(lambda: read_transcript(hour), rounds=7)
    peers = {
        "webvtt-py": best_seconds(lambda: webvtt.from_buffer(io.StringIO(text)), rounds=7),
        "pysubs2": best_seconds(lambda: pysubs2.SSAFile.from_string(text, format_="vtt"), rounds=7),
    }
    return {
        "one_hour_webvtt_milliseconds": round(ours * 1000, 2),
        "one_hour_zoom_milliseconds": round(best_seconds(lambda: read_transcript(zoom), rounds=7) * 1000, 2),
        "by_size": by_size,
        # the worst case: nobody says two cues in a row, so that every cue becomes a turn
        "peak_memory_ratio_of_one_cue_turns": round(peak_bytes(lambda: read_transcript(dense)) / len(dense), 1),
        "peers_milliseconds": {name: round(seconds * 1000, 2) for name, seconds in peers.items()},
        "peers_ratio": {name: round(seconds / ours, 2) for name, seconds in peers.items()},
    }


def _stamp(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{round((seconds - whole) * 1000) % 1000:03}"


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    figures = measured()
    if parser.parse_args().json:
        json.dump(figures, sys.stdout, indent=2)
        print()
        return
    print(f"1 hour of WebVTT: {figures['one_hour_webvtt_milliseconds']} ms (goal 20)")
    print(f"1 hour of Zoom's kind: {figures['one_hour_zoom_milliseconds']} ms")
    print(f"peers on the same file: {figures['peers_milliseconds']} ms; times ours: {figures['peers_ratio']}")
    print(json.dumps(figures["by_size"], indent=1))
    print(f"peak memory when every cue is a turn: {figures['peak_memory_ratio_of_one_cue_turns']} times the file")


if __name__ == "__main__":
    main()
