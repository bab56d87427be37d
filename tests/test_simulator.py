import datetime

import numpy as np
import pandas as pd
import pytest
from mainline.extension import DataError

from customer_churn import simulator

KEY = ["customer_id", "snapshot_date"]
OPTIONS = {"seed": 7, "start": "2025-01-01", "customers": 300, "joiners": 20}


def read(as_of="2026-01-01", **changed):
    options = simulator.Options.model_validate(OPTIONS | changed)
    return simulator.read(as_of=datetime.date.fromisoformat(as_of), options=options)


def simulated(*arguments, **changed):
    return read(*arguments, **changed).frame


def test_one_seed_is_one_table_and_another_seed_another():
    pd.testing.assert_frame_equal(simulated(), simulated())
    assert simulated()["age"].tolist() != simulated(seed=8)["age"].tolist()


def test_a_later_day_adds_rows_and_changes_none():
    before, after = simulated("2025-06-15"), simulated("2025-12-15")
    assert len(after) > len(before)
    pd.testing.assert_frame_equal(after.head(len(before)), before)


def test_each_customer_is_seen_once_a_month_until_they_leave():
    frame = simulated()
    left = frame[frame["churned"] == "yes"]
    last = frame.groupby("customer_id")["snapshot_date"].max()
    assert not frame.duplicated(KEY).any()
    assert (left["snapshot_date"] == left["customer_id"].map(last)).all()


def test_customers_join_every_month():
    first = simulated().groupby("customer_id")["snapshot_date"].min()
    assert first.value_counts().sort_index().tolist() == [300] + [20] * 11
    assert simulated(joiners=0)["snapshot_date"].nunique() == 12


def test_without_drift_the_months_look_alike_and_with_it_they_do_not():
    def moved(drift):
        frame = simulated("2027-01-01", customers=500, joiners=200, drift=drift)
        month = frame["snapshot_date"]
        new = frame["tenure_months"] == 1  # newcomers only: who stays is loyal in every world
        rate = frame["churned"].eq("yes")[new].groupby(month[new]).mean()
        return rate.iloc[-6:].mean() - rate.iloc[:6].mean()

    assert abs(moved(0.0)) < 0.07
    assert moved(1.5) > 0.15


def test_nulls_are_where_they_are_announced():
    nulls = simulated(customers=3000).isna().mean()
    assert set(nulls[nulls > 0].index) == {"income", "days_since_purchase", "device_type"}
    assert np.isclose(nulls["income"], 0.08, atol=0.01)


def test_a_label_that_is_not_known_yet_is_counted_and_arrives_later():
    early, complete = read("2025-07-05", label_delay_days=9), read("2025-07-05")
    assert complete.notes == {"pending": 0}
    assert early.notes["pending"] > 50
    assert len(early.frame) + early.notes["pending"] == len(complete.frame)
    later = simulated("2025-09-30", label_delay_days=9).set_index(KEY)["churned"]
    known = early.frame.set_index(KEY)["churned"]
    assert later[known.index].equals(known)


def test_other_outcomes_agree_with_churn():
    frame = simulated()
    outcome, spend = frame["outcome"], frame["next_month_spend"]
    assert (outcome.eq("leaves") == frame["churned"].eq("yes")).all()
    assert set(outcome) == {"stays", "reduces", "leaves"}
    assert spend.gt(0).all()
    assert spend[outcome == "leaves"].median() < 0.6 * spend[outcome == "stays"].median()


def test_no_month_that_is_over():
    with pytest.raises(DataError, match=r"no month is over between .* \(2025-01-31\)"):
        read("2025-01-31")


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"drift": -1.0}, {"start": "soon"}])
def test_options_out_of_range(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        read(**wrong)
