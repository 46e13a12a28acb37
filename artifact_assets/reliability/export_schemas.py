"""What the Parquet export promises to its readers, checked before a file is written.

What belongs here: pandera schemas made from the datasets. What does not: the datasets themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaError, SchemaErrors

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.reliability.datasets import DATASETS, Column, Dataset

METRIC_ROWS = Dataset(
    "metrics",
    "One value of one metric on one day, in all or for one member of a cut.",
    {
        "day": Column(pl.Date, "UTC day"),
        "metric": Column(pl.String, "name of the metric"),
        "cut": Column(pl.String, "what it is cut by, `all` for the whole"),
        "member": Column(pl.String, "the member of the cut, `all` for the whole", nullable=True),
        "part": Column(pl.String, "percentile, class, bucket or stage, `all` where there is one only"),
        "numerator": Column(pl.Float64, "what was counted", nullable=True),
        "denominator": Column(pl.Float64, "of how many", nullable=True),
        "value": Column(pl.Float64, "the value, null where there was nothing to count", nullable=True),
    },
)
EXPORTED: Mapping[str, Dataset] = {**DATASETS, METRIC_ROWS.name: METRIC_ROWS}


@cache
def schema_of(name: str) -> pa.DataFrameSchema:
    """The schema of one exported table."""
    return pa.DataFrameSchema(
        {
            column: pa.Column(told.dtype, nullable=told.nullable, description=told.meaning)
            for column, told in EXPORTED[name].columns.items()
        },
        strict=True,
        name=name,
        description=EXPORTED[name].sentence,
    )


def checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame``, if it keeps the promise. Raises PipelineError(internal_error) otherwise."""
    try:
        return schema_of(name).validate(frame)
    except (SchemaError, SchemaErrors) as error:
        raise PipelineError(
            FailureClass.INTERNAL_ERROR,
            f"Rows of {name} do not keep the shape of the export ({type(error).__name__}), so they were not written.",
        ) from error
