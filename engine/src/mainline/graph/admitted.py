"""A model that may be loaded: a copy of its files, checked."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import folder, program


@contextmanager
def admitted(directory: Path, also: frozenset[str] = frozenset()) -> Iterator[Path]:
    """A private copy of the model, to be loaded in the block: what was checked is what is loaded.

    `also` are operations that the project allows beyond the engine's. Raises GraphError.
    """
    with tempfile.TemporaryDirectory(prefix="model-") as scratch:
        copy = Path(scratch) / "model"
        folder.copy(directory, copy)
        program.check((copy / folder.GRAPH).read_bytes(), also)
        yield copy
