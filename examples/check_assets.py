"""``make check-assets``: the asset checks of the bundled meetings, compared with what each should say.

What belongs here: materializing the examples in a throwaway instance and reading Dagster's verdicts. What does not: the
checks. A team's own CI does the same with its own meetings and expected files.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "examples")]

import dagster as dg  # noqa: E402 - the root must be on the path first
from demo import HOME, examples, expected_of, process_all  # noqa: E402

from artifact_assets.assets.specs import check_specs  # noqa: E402

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"
_SHOWN = {"SUCCEEDED": PASSED, "FAILED": FAILED}


def main() -> int:
    """0 when every check of every example says what its expected file says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="write the verdicts into the expected files")
    accept: bool = parser.parse_args().accept
    files = examples()
    process_all(files)
    verdicts = _verdicts()
    wrong = 0
    print(f"\n{'meeting':50}{'  '.join(f'{spec.name:15}' for spec in check_specs())}")
    for path in files:
        expected = expected_of(path)
        found = {spec.name: verdicts.get((spec.name, expected["meeting_id"]), NOT_RUN) for spec in check_specs()}
        if accept:
            _write(path, {**expected, "checks": found})
        elif found != expected["checks"]:
            wrong += 1
        told = "  ".join(
            f"{verdict + ('' if accept or verdict == expected['checks'][name] else ' (!)'):15}"
            for name, verdict in found.items()
        )
        print(f"{expected['meeting_id']:50}{told}")
    print(f"\n{len(files) - wrong} of {len(files)} meetings have the checks their expected file says.")
    return 1 if wrong else 0


def _verdicts() -> dict[tuple[str, str], str]:
    """Dagster's verdict by check and meeting."""
    with dg.DagsterInstance.from_config(str(HOME / "dagster")) as instance:
        found = instance.event_log_storage.get_asset_check_partition_info([spec.key for spec in check_specs()])
    return {
        (info.check_key.name, str(info.partition_key)): _SHOWN.get(info.latest_execution_status.value, NOT_RUN)
        for info in found
    }


def _write(path: Path, expected: dict[str, object]) -> None:
    target = path.with_name(f"{path.stem}.expected.json")
    target.write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
