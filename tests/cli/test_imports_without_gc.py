import gc
import weakref

import pytest

from customer_churn.without_gc import without_gc


class Knot:
    """An object that only the collector can take away."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_within_nor_looked_at_later():
    with without_gc():
        assert not gc.isenabled()
        kept = weakref.ref(Knot())
    assert gc.isenabled()
    gc.collect()
    assert kept() is not None


def test_what_comes_after_is_collected_as_ever():
    with without_gc():
        pass
    gone = weakref.ref(Knot())
    gc.collect()
    assert gone() is None


def test_a_failing_import_does_not_leave_the_collector_off():
    with pytest.raises(ImportError), without_gc():
        raise ImportError
    assert gc.isenabled()
