"""Columns that are computed from raw ones, inside the graph that is trained and served."""

import tensorflow as tf


def features(inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """New columns from raw ones: float32 (rows,) with NaN for missing, text (rows,) with "".

    A ticket weighs more for a new customer than for one of many years.
    """
    half_years = 1.0 + tf.maximum(inputs["tenure_months"], 0.0) / 6.0
    return {"tickets_per_half_year": inputs["support_tickets"] / half_years}
