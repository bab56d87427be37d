import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from customer_churn.simulator import SimulatorSource

from mainline.core.errors import MainlineError

KEY = ["customer_id", "snapshot_date"]


def simulated(as_of="2026-01-01", **changed):
    settings = {"seed": 7, "start": "2025-01-01", "customers": 300, "joiners": 20}
    source = SimulatorSource.model_validate(settings | changed)
    return source.read(datetime.date.fromisoformat(as_of), Path())


def test_one_seed_is_one_table():
    pd.testing.assert_frame_equal(simulated().frame, simulated().frame)


def test_another_seed_is_another_table():
    first, other = (simulated(seed=seed).frame for seed in (7, 8))
    ids = [f"C{number:07d}" for number in range(300, 500)]  # they joined later

    assert first["age"][:300].tolist() != other["age"][:300].tolist()
    for column in ("age", "discount_share"):
        one, two = (
            f.drop_duplicates("customer_id").set_index("customer_id")[column]
            for f in (first, other)
        )
        assert one[ids].tolist() != two[ids].tolist()


def test_a_later_day_adds_rows_and_changes_none():
    before = simulated("2025-06-15").frame
    after = simulated("2025-12-15").frame

    assert len(after) > len(before)
    pd.testing.assert_frame_equal(after.head(len(before)), before)


def test_each_customer_is_seen_once_a_month_until_they_leave():
    frame = simulated().frame
    left = frame[frame["churned"] == "yes"]
    last = frame.groupby("customer_id")["snapshot_date"].max()

    assert not frame.duplicated(KEY).any()
    assert (left["snapshot_date"] == left["customer_id"].map(last)).all()


def test_customers_join_every_month():
    first = simulated().frame.groupby("customer_id")["snapshot_date"].min()

    assert first.value_counts().sort_index().tolist() == [300] + [20] * 11


def test_without_newcomers_the_table_still_grows():
    assert simulated(joiners=0).frame["snapshot_date"].nunique() == 12


def test_without_drift_the_months_look_alike_and_with_it_they_do_not():
    def moved(drift):
        frame = simulated("2027-01-01", customers=500, joiners=200, drift=drift).frame
        month = frame["snapshot_date"]
        new = frame["tenure_months"] == 1  # newcomers only: who stays is loyal in every world
        rate = frame["churned"].eq("yes")[new].groupby(month[new]).mean()
        return rate.iloc[-6:].mean() - rate.iloc[:6].mean()

    assert abs(moved(0.0)) < 0.07
    assert moved(1.5) > 0.15


def test_drift_leaves_the_first_month_as_it_is():
    calm, moving = (simulated("2025-02-01", drift=drift).frame for drift in (0.0, 2.0))

    pd.testing.assert_frame_equal(calm, moving)


def test_nulls_are_where_they_are_announced():
    nulls = simulated(customers=3000).frame.isna().mean()

    assert set(nulls[nulls > 0].index) == {"income", "days_since_purchase", "device_type"}
    assert np.isclose(nulls["income"], 0.08, atol=0.01)


def test_no_month_that_is_over():
    with pytest.raises(MainlineError, match=r"no month is over between .* \(2025-01-31\)"):
        simulated("2025-01-31")
