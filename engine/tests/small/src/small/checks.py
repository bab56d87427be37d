"""A check of every row."""

import pandas as pd


def tenure_is_whole(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Tenure is a whole number of months."""
    return frame["tenure_months"] % 1 == 0
