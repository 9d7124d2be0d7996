"""HiGHS kept warm: one programme solved again and again with other bounds and another objective.

``scipy.optimize.linprog`` passes the whole programme to HiGHS each time and starts from nothing. The search
for bounds solves thousands of programmes that differ little, and the simplex needs few steps from the last
one's solution to the next. SciPy brings the whole of HiGHS along (as highspy does), under a private name:
tests/statistics/disclosure/test_solver.py holds it to the answers of ``linprog``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize._highspy import _core
from scipy.sparse import csc_array, csr_array

PRIMAL = 4  # simplex_strategy: an objective may change and the last solution is still possible


class Solver:
    """Minimises costs @ x for matrix @ x = 0, for whatever costs and bounds it is asked."""

    def __init__(self, matrix: csr_array) -> None:
        self._columns = np.arange(matrix.shape[1], dtype=np.int32)
        self._highs = _core._Highs()
        for name, value in {"output_flag": False, "presolve": "off", "simplex_strategy": PRIMAL}.items():
            self._highs.setOptionValue(name, value)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(_programme(csc_array(matrix)))

    def least(self, costs: np.ndarray, *, lowest: np.ndarray, highest: np.ndarray) -> np.ndarray | None:
        """Return the x between ``lowest`` and ``highest`` that costs least; None if there is none."""
        count = len(self._columns)
        self._highs.changeColsCost(count, self._columns, np.asarray(costs, dtype=float))
        self._highs.changeColsBounds(
            count, self._columns, np.asarray(lowest, dtype=float), np.asarray(highest, dtype=float)
        )
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == _core.HighsModelStatus.kInfeasible:
            return None
        assert status == _core.HighsModelStatus.kOptimal, self._highs.modelStatusToString(status)
        return np.array(self._highs.getSolution().col_value)


def _programme(matrix: csc_array) -> Any:
    rows, columns = matrix.shape
    programme = _core.HighsLp()
    programme.num_row_, programme.num_col_ = rows, columns
    programme.row_lower_ = programme.row_upper_ = np.zeros(rows)
    programme.col_cost_ = programme.col_lower_ = programme.col_upper_ = np.zeros(columns)
    programme.a_matrix_.format_ = _core.MatrixFormat.kColwise
    programme.a_matrix_.num_row_, programme.a_matrix_.num_col_ = rows, columns
    programme.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    programme.a_matrix_.index_ = matrix.indices.astype(np.int32)
    programme.a_matrix_.value_ = matrix.data.astype(float)
    return programme
