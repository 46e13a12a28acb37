"""The cheapest complete assignment of rows to columns.

What belongs here: the Hungarian method in the shortest-path form of Jonker and Volgenant (1987). What does not: what a
cost means (see ``identity``).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf


def assign(costs: Sequence[Sequence[float]]) -> tuple[int, ...]:  # noqa: C901, PLR0912  one algorithm, as published
    """For each row the column it gets, each column at most once, the sum of costs least.

    Rows must not outnumber columns. Takes rows**2 * columns steps. Equal costs are settled towards lower columns, so
    that the outcome is reproducible.
    """
    rows, columns = len(costs), len(costs[0]) if costs else 0
    if rows > columns:
        raise ValueError(f"{rows} rows cannot be assigned to {columns} columns")
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)  # the row of each column, counted from 1; 0 is free
    for row in range(1, rows + 1):
        owner[0], at = row, 0
        slack, came_from, done = (
            [inf] * (columns + 1),
            [0] * (columns + 1),
            [False] * (columns + 1),
        )
        while owner[at]:
            done[at] = True
            cost, price = costs[owner[at] - 1], row_price[owner[at]]
            step, nearest = inf, 0
            for column in range(1, columns + 1):
                if done[column]:
                    continue
                reduced = cost[column - 1] - price - column_price[column]
                if reduced < slack[column]:
                    slack[column], came_from[column] = reduced, at
                if slack[column] < step:
                    step, nearest = slack[column], column
            for column in range(columns + 1):
                if done[column]:
                    row_price[owner[column]] += step
                    column_price[column] -= step
                else:
                    slack[column] -= step
            at = nearest
        while at:
            owner[at], at = owner[came_from[at]], came_from[at]
    chosen = [0] * rows
    for column in range(1, columns + 1):
        if owner[column]:
            chosen[owner[column] - 1] = column - 1
    return tuple(chosen)
