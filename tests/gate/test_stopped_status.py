"""Ctrl-C in the gate: the `dvc status` beside it ends as well."""

import pytest

from customer_churn.gate import pipeline


def test_status_does_not_outlive_a_gate_that_breaks_off(tmp_path):
    started = pipeline.started_status(tmp_path)
    with pytest.raises(KeyboardInterrupt), started as running:
        assert running.poll() is None
        raise KeyboardInterrupt
    assert running.poll() is not None
