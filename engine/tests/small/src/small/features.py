"""One derived number and one derived category."""

import tensorflow as tf


def features(inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Tickets a month of tenure, and whether the device is a telephone."""
    phone = tf.equal(inputs["device_type"], "ios") | tf.equal(inputs["device_type"], "android")
    return {
        "tickets_per_month": inputs["support_tickets"] / (1.0 + inputs["tenure_months"]),
        "on_phone": tf.where(phone, "yes", "no"),
    }
