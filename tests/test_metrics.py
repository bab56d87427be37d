import math

import numpy as np

from customer_churn.metrics import churners_in_top_tenth

TARGET = np.repeat([1, 0], [10, 90])


def test_the_best_order_finds_all_and_the_worst_none():
    assert churners_in_top_tenth(TARGET, np.linspace(1, 0, 100)) == 1
    assert churners_in_top_tenth(TARGET, np.linspace(0, 1, 100)) == 0


def test_without_churners_there_is_no_figure():
    assert math.isnan(churners_in_top_tenth(np.zeros(100), np.linspace(0, 1, 100)))
