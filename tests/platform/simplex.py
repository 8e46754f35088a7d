"""The slow second answer for what can be worked out about a cell: a linear program in fractions, by the simplex of
the textbooks (Bland's rule, two phases). It knows nothing of rows, kinds or flows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

_ZERO = Fraction(0)


class Possible:
    """All x >= 0 with A x = b; at least one must exist."""

    def __init__(self, *, equations: Sequence[tuple[dict[int, int], int]], variables: int) -> None:
        self.variables = variables
        self.rows: list[list[Fraction]] = []
        many = len(equations)
        for i, (terms, total) in enumerate(equations):
            sign = -1 if total < 0 else 1
            row = [_ZERO] * (variables + many + 1)
            for j, factor in terms.items():
                row[j] = Fraction(sign * factor)
            row[variables + i], row[-1] = Fraction(1), Fraction(sign * total)
            self.rows.append(row)
        self.basis = [variables + i for i in range(many)]
        self._minimise([_ZERO] * variables + [Fraction(1)] * many, variables + many)
        assert all(row[-1] == 0 for row, j in zip(self.rows, self.basis, strict=True) if j >= variables), "impossible"
        for i in range(many):  # what is left of the helpers leaves the basis where it can
            if self.basis[i] >= variables:
                instead = next((j for j in range(variables) if self.rows[i][j] != 0), None)
                if instead is not None:
                    self._pivot(i, instead)

    def bounds(self, *, terms: dict[int, int]) -> tuple[Fraction, Fraction | None]:
        """Smallest and largest value of a sum of variables; None: as large as you like."""
        cost = [Fraction(terms.get(j, 0)) for j in range(self.variables)]
        low, high = self._minimise(cost, self.variables), self._minimise([-c for c in cost], self.variables)
        assert low is not None
        return low, None if high is None else -high

    def _minimise(self, cost: list[Fraction], columns: int) -> Fraction | None:
        padded = cost + [_ZERO] * (len(self.rows[0]) - len(cost)) if self.rows else cost
        while True:
            weights = [padded[j] for j in self.basis]
            entering = next(
                (j for j in range(columns) if j not in self.basis and self._reduced(padded, weights, j) < 0), None
            )
            if entering is None:
                return sum((w * row[-1] for w, row in zip(weights, self.rows, strict=True)), _ZERO)
            ratios = [
                (row[-1] / row[entering], self.basis[i], i) for i, row in enumerate(self.rows) if row[entering] > 0
            ]
            if not ratios:
                return None
            self._pivot(min(ratios)[2], entering)

    def _reduced(self, cost: list[Fraction], weights: list[Fraction], j: int) -> Fraction:
        return cost[j] - sum((w * row[j] for w, row in zip(weights, self.rows, strict=True) if w and row[j]), _ZERO)

    def _pivot(self, i: int, j: int) -> None:
        factor = self.rows[i][j]
        self.rows[i] = [value / factor for value in self.rows[i]]
        for k, row in enumerate(self.rows):
            if k != i and row[j] != 0:
                part = row[j]
                self.rows[k] = [a - part * b if b else a for a, b in zip(row, self.rows[i], strict=True)]
        self.basis[i] = j
