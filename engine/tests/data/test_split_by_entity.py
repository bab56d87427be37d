import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainline.core.table import TableSettings
from mainline.data import split
from mainline.data.settings import SplitSettings

TABLE = TableSettings(entity="id", target="left", positive="yes", numbers=["age"])
SETTINGS = SplitSettings(by="entity", salt="s", validation=0.2, test=0.3)
# A busy machine is no failure, and no example is kept in the folder of the project.
CALM = settings(max_examples=50, deadline=None, database=None)
NAMES = st.lists(st.text(max_size=8), min_size=1, max_size=40)


def parts_of(names, settings=SETTINGS):
    """Name to the set of parts that its rows are in."""
    frame = pd.DataFrame({"id": pd.Series(names, dtype="str")})
    parts = split.assign(frame, TABLE, settings)
    found = {}
    for name, part in zip(frame["id"], parts, strict=True):
        found.setdefault(name, set()).add(part)
    return found


@CALM
@given(names=NAMES)
def test_no_entity_is_in_two_parts(names):
    assert all(len(parts) == 1 for parts in parts_of(names + names).values())


@CALM
@given(names=NAMES, more=NAMES, seed=st.randoms(use_true_random=False))
def test_more_rows_in_another_order_move_nobody(names, more, seed):
    mixed = names + more + names
    seed.shuffle(mixed)
    before, after = parts_of(names), parts_of(mixed)

    assert {name: after[name] for name in before} == before


@CALM
@given(names=NAMES)
def test_a_greater_test_share_takes_nobody_out_of_the_test_rows(names):
    greater = SplitSettings(by="entity", salt="s", validation=0.2, test=0.5)
    before, after = parts_of(names), parts_of(names, greater)

    assert all(after[name] == {"test"} for name, parts in before.items() if parts == {"test"})


def test_shares_are_close_to_the_setting():
    names = [f"C{i}" for i in range(20_000)]
    shares = pd.Series([next(iter(parts)) for parts in parts_of(names).values()])

    assert shares.value_counts(normalize=True).to_dict() == pytest.approx(
        {"train": 0.5, "validation": 0.2, "test": 0.3}, abs=0.01
    )


def test_another_salt_is_another_split():
    names = [f"C{i}" for i in range(200)]
    other = SplitSettings(by="entity", salt="t", validation=0.2, test=0.3)

    assert parts_of(names) != parts_of(names, other)


@pytest.mark.parametrize(
    ("entity", "place"),
    [
        ("C0000001", 0.20285944490657637),
        ("7590-VHVEG", 0.561183989996413),
        ("Zoë", 0.23537697052675055),
        ("", 0.10366155056873316),
    ],
)
def test_places_never_change(entity, place):
    # Worked out by another program: a change here moves customers between training and test rows.
    assert split._place(entity, "2026") == place
