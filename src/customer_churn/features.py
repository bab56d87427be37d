"""Columns that are computed from raw ones, inside the graph that is trained and served."""

import tensorflow as tf


def features(inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """New columns from raw ones: float32 (rows,) with NaN for missing, text (rows,) with "".

    A ticket weighs more for a new customer than for one of many years.
    """
    months = tf.nn.relu(inputs["tenure_months"])  # no division by nearly 0, whatever is sent
    return {"tickets_per_month": inputs["support_tickets"] / (1.0 + months)}
