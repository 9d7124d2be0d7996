"""Sweeps: what fails at one row keeps none of the others waiting."""

from marketplace import sweeps


def test_one_that_fails_is_logged_by_name_and_the_others_are_done(caplog):
    def act(key: tuple[str, int]) -> int:
        if key == ("b", 2):
            raise ValueError("no")
        return key[1]

    done = sweeps.each([("a", 1), ("b", 2), ("c", 3)], act, failure="Row %s could not be swept")

    assert done == 4
    [record] = caplog.records
    assert record.getMessage() == "Row ('b', 2) could not be swept; the next sweep tries again"
    assert record.exc_info is not None


def test_what_an_act_takes_away_from_the_rows_is_still_done():
    due = {1: "a", 2: "b", 3: "c"}

    assert sweeps.each(due.keys(), lambda key: bool(due.pop(key)), failure="%s") == 3
    assert due == {}
