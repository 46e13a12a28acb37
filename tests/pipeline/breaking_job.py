"""A job of the name of the product's that breaks when its tag says so.

What belongs here: that job. What does not: tests. No `from __future__ import annotations`: Dagster compares the annotation.
"""

import dagster as dg


@dg.op
def breaks(context: dg.OpExecutionContext) -> None:
    if context.run.tags.get("break") == "yes":
        raise RuntimeError("no")


@dg.job
def process_meetings() -> None:
    breaks()
