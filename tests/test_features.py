import numpy as np
import tensorflow as tf

from customer_churn.features import features


def derived(tickets, tenure):
    inputs = {
        "support_tickets": tf.constant(tickets, tf.float32),
        "tenure_months": tf.constant(tenure, tf.float32),
    }
    return features(inputs)["tickets_per_half_year"].numpy()


def test_tickets_are_set_against_the_time_as_a_customer():
    assert derived([3.0, 3.0, 3.0], [0.0, 6.0, -1.0]).tolist() == [3.0, 1.5, 3.0]


def test_a_tenure_below_zero_counts_as_none():
    assert derived([3.0, 3.0], [-1.0, -0.9]).tolist() == [3.0, 3.0]


def test_what_is_missing_stays_missing():
    assert np.isnan(derived([np.nan, 1.0], [5.0, np.nan])).all()
