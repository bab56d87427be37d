"""Imports without the garbage collector, which finds nothing among modules and looks all the same.

What TensorFlow's import makes it walks through again and again, and once more at exit: half of the
time that the import takes. Measured in docs/performance.md.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_gc() -> Iterator[None]:
    """What the block makes lives as long as the process: the collector leaves it alone."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
