"""Checks of the table that rules in params.yaml cannot say. Each public function is one."""

import pandas as pd


def months_follow_each_other(frame: pd.DataFrame) -> "pd.Series[bool]":
    """From one snapshot of a customer to the next, tenure grows as the calendar does."""
    rows = frame.sort_values(["customer_id", "snapshot_date"])
    months = rows["snapshot_date"].dt.year * 12 + rows["snapshot_date"].dt.month
    begun = months - rows["tenure_months"]
    same = begun.eq(begun.groupby(rows["customer_id"]).transform("first"))
    return same.reindex(frame.index)
