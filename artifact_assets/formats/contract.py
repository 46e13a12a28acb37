"""A table contract: columns and rules that every row of a frame keeps.

What belongs here: asking whether a frame keeps it, and naming what does not. What does not: any particular table.

All rules are asked as one polars expression; only a frame that breaks one goes through pandera, whose schema of the same
columns and rules says which rows break which. A schema validates each column and rule by itself, which costs ten times
as much, and nearly every frame is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl


@dataclass(frozen=True)
class TableContract:
    """``columns`` are names and polars types; those not ``nullable`` hold no nulls; ``rules`` hold for every row."""

    columns: Mapping[str, Any]
    nullable: frozenset[str]
    rules: Mapping[str, pl.Expr]

    def frame(self, columns: Mapping[str, list[Any]]) -> pl.DataFrame:
        """A frame of this shape; what does not fit its type becomes null."""
        import polars as pl  # noqa: PLC0415 - half a second that processes without a table do not pay

        return pl.DataFrame(columns, schema=dict(self.columns), strict=False)

    def cases(self, frame: pl.DataFrame) -> pl.DataFrame | None:
        """Pandera's failure cases, one row a broken rule and row; None for a frame that keeps the contract."""
        if self._is_sound(frame):
            return None
        import pandera.errors  # noqa: PLC0415 - as above

        try:
            # The frame is collected: pandera passes bad data in a LazyFrame.
            self._schema.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as errors:
            return vars(errors)["failure_cases"]
        return None

    def _is_sound(self, frame: pl.DataFrame) -> bool:
        """Whether columns and rules hold. A rule that says neither yes nor no is left to pandera."""
        return frame.schema == dict(self.columns) and frame.select(self._all_hold).item() is True

    @cached_property
    def _all_hold(self) -> pl.Expr:
        import polars as pl  # noqa: PLC0415 - as above

        filled = [pl.col(name).is_not_null().all() for name in self.columns if name not in self.nullable]
        kept = [rule.fill_null(value=False).all().alias(name) for name, rule in self.rules.items()]
        return pl.all_horizontal(*filled, *kept)

    @cached_property
    def _schema(self) -> pa.DataFrameSchema:
        import pandera.polars as pa  # noqa: PLC0415 - as above

        def check(name: str, rule: pl.Expr) -> pa.Check:
            def holds(data: pa.PolarsData) -> pl.LazyFrame:
                return data.lazyframe.select(rule.alias(name))

            return pa.Check(holds, name=name, error=name)

        columns = {name: pa.Column(kind, nullable=name in self.nullable) for name, kind in self.columns.items()}
        return pa.DataFrameSchema(columns, checks=[check(*rule) for rule in self.rules.items()], strict=True)
