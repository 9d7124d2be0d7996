"""The warm solver against SciPy's public one, which starts from nothing each time."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from marketplace.statistics.disclosure.solver import Solver
from marketplace.statistics.disclosure.system import system_of
from tests.statistics.disclosure.markets import market_of


@pytest.mark.parametrize("seed", [1, 2])
def test_each_answer_costs_what_a_solver_that_starts_from_nothing_finds(seed):
    market = market_of(seed)
    hidden = {key for key, value in market.net_vnd.items() if value}
    system = system_of(values=market.net_vnd, sums=market.sums, unknown=hidden, scale=1_000)
    solver, chance = Solver(system.matrix), np.random.default_rng(seed)

    for _ in range(20):
        known = chance.random(len(system.keys)) < 0.3
        lowest, highest = np.where(known, 0.0, system.lowest), np.where(known, 0.0, system.highest)
        costs = np.zeros(len(system.keys))
        costs[chance.integers(len(costs), size=3)] = chance.choice([1.0, -1.0], 3)
        found = solver.least(costs, lowest=lowest, highest=highest)
        again = linprog(
            costs,
            A_eq=system.matrix,
            b_eq=np.zeros(system.matrix.shape[0]),
            bounds=np.column_stack([lowest, highest]),
            method="highs",
        )

        assert found is not None
        assert costs @ found == pytest.approx(again.fun, abs=1e-4)
        assert np.abs(system.matrix @ found).max() < 1e-5
        assert (found >= lowest - 1e-6).all()
        assert (found <= highest + 1e-6).all()


def test_where_nothing_is_possible_there_is_no_answer_and_the_next_question_has_one():
    solver = Solver(csr_array(np.array([[1.0, -1.0]])))

    impossible = solver.least(np.zeros(2), lowest=np.array([1.0, 0.0]), highest=np.array([2.0, 0.5]))
    possible = solver.least(np.array([-1.0, 0.0]), lowest=np.zeros(2), highest=np.array([2.0, 0.5]))

    assert impossible is None
    assert possible is not None
    assert possible.tolist() == [0.5, 0.5]


def test_figures_that_sum_to_nothing_published_move_as_far_as_they_may():
    solver = Solver(csr_array((0, 2)))

    found = solver.least(np.array([-1.0, 1.0]), lowest=np.array([-3.0, -4.0]), highest=np.array([5.0, 6.0]))

    assert found is not None
    assert found.tolist() == [5.0, -4.0]
