"""Faults read as sentences, all at once."""

import pickle

import pytest

from bundling.errors import Fault, InputError, raise_if


def test_a_fault_names_table_column_rows_rule_and_remedy() -> None:
    fault = Fault("stops", "kg", ("2", "7"), "kg is negative", "Give 0 or more")
    assert str(fault) == "stops.kg (rows 2, 7): kg is negative. Give 0 or more"


def test_long_row_lists_are_cut_but_counted() -> None:
    fault = Fault("stops", "", tuple(map(str, range(9))), "r", "do")
    assert str(fault) == "stops (rows 0, 1, 2, 3, 4 and 4 more): r. do"


def test_all_faults_are_in_one_error_and_survive_pickling() -> None:
    faults = (Fault("a", "x", ("1",), "bad", "mend"), Fault("b", "", (), "gone", "add it"))
    with pytest.raises(InputError, match="2 faults in the input") as caught:
        raise_if(faults)
    assert pickle.loads(pickle.dumps(caught.value)).faults == faults
    assert isinstance(caught.value, ValueError)


def test_no_fault_no_error() -> None:
    raise_if([])
    with pytest.raises(ValueError, match="at least one"):
        InputError([])
