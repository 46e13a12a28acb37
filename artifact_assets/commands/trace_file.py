"""Writing and checking the file an auditor gets of a meeting.

What belongs here: files, and what is said about them. What does not: their lines (see ``stages.audit`` and ``domain.chain``).
"""

from __future__ import annotations

import asyncio
import os
import tomllib
from pathlib import Path

from artifact_assets.commands.output import print_json, remark
from artifact_assets.domain.chain import chained, verified
from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import AnswerStore
from artifact_assets.domain.ports import Ledger
from artifact_assets.stages.audit import audit_rows

PROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


def write_file(ledger: Ledger, answers: AnswerStore, meeting_id: str, path: Path, *, as_json: bool) -> None:
    """Export a meeting to ``path``, readable by its owner only: it holds what was said and about whom.

    Raises PipelineError(storage_unavailable) when it cannot be written; a file that was there is then as it was.
    """
    meeting, rows = asyncio.run(audit_rows(ledger, answers, meeting_id))
    ledger_id, tenant = asyncio.run(ledger.identity())
    header = {
        "meeting_id": meeting_id,
        "ledger_id": ledger_id,
        "tenant": tenant,
        "program": f"meeting-artifacts {program_version()}",
        # The state it was taken at, not the time it was taken: the same ledger gives the same file.
        "as_of": meeting.updated_at.isoformat(),
    }
    lines = list(chained(header, rows))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(line + b"\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"{path} cannot be written ({error.strerror}), so {meeting_id} was not exported.",
            "Name a file in a folder that you may write to.",
        ) from error
    digest = sha256(lines[-1])
    if as_json:
        print_json({"meeting_id": meeting_id, "file": str(path), "lines": len(lines), "digest": digest})
        return
    remark(f"{len(lines)} lines were written to {path}. Keep the digest of the last one elsewhere: {digest}")


def check_file(path: Path, *, as_json: bool) -> int:
    """Whether an export is as it was written; returns the exit code. Raises PipelineError(unreadable_input) for no file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"{path} cannot be read ({error.strerror}), so it was not checked."
        ) from error
    found = verified(content.removesuffix(b"\n").split(b"\n"))
    if as_json:
        print_json({**vars(found), "sound": found.sound})
    elif found.sound:
        remark(f"{path} is whole: {found.lines} lines. Compare its digest with the one you kept: {found.digest}")
    else:
        remark(f"{path} is broken at line {found.broken_line}: {found.problem}.")
    return 0 if found.sound else 1


def program_version() -> str:
    """The version of this program; it is never installed as a package, so its project file tells."""
    return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])
