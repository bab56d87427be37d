"""Loads and runs a SavedModel as TensorFlow Serving does. All readers use this module."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.graph.admitted import admitted
from mainline.graph.finding import GraphError
from mainline.packaging.content import content_hash


class Loaded:
    """A model's session and its signatures. Threads may share it.

    A server imports the graph into a session and runs its restore operation. Python's own loader
    (`tf.saved_model.load`) rebuilds objects instead, and so accepts damaged bytes that a server
    refuses. `content` is the content hash of the bytes that were checked and loaded.
    """

    def __init__(self, directory: Path, also: frozenset[str] = frozenset()) -> None:
        """Check its graph, then load it. `also` are operations beyond the engine's list.

        Raises MainlineError when the bytes are not a SavedModel, or hold a graph that may do more
        than compute.
        """
        logger = tf.get_logger()
        level = logger.level
        logger.setLevel("ERROR")  # TensorFlow warns and suggests the other loader
        try:
            with checked(directory, also) as copy, tf.Graph().as_default() as graph:
                self._session = tf.compat.v1.Session(graph=graph)
                self.content = content_hash(copy)
                loaded = tf.compat.v1.saved_model.load(self._session, ["serve"], str(copy))
        except MainlineError:
            raise
        except Exception as error:  # TensorFlow raises many kinds on damaged bytes
            raise unusable(directory, error) from None
        finally:
            logger.setLevel(level)
        self.signatures: dict[str, Any] = dict(loaded.signature_def)

    def run(self, fetches: Any, feeds: Mapping[str, np.ndarray]) -> Any:
        """Tensors by name in, values in the shape of `fetches` out.

        Raises `tf.errors.OpError` when the graph fails, TypeError or ValueError when a feed is
        invalid.
        """
        return self._session.run(fetches, feeds)

    def callable(self, fetch: str, feeds: Sequence[str]) -> Callable[..., Any]:
        """One fetch as a function of its feeds. It is faster than `run`, which checks each call."""
        call: Callable[..., Any] = self._session.make_callable(fetch, feed_list=list(feeds))
        return call

    def close(self) -> None:
        """Release the session's memory."""
        self._session.close()


@contextmanager
def checked(directory: Path, also: frozenset[str]) -> Iterator[Path]:
    """`admitted`, as an error of ours."""
    try:
        with admitted(directory, also) as copy:
            yield copy
    except GraphError as error:
        raise MainlineError(f"cannot be loaded as a model: {error}.", where=directory) from None


def unusable(directory: Path, error: Exception) -> MainlineError:
    """The error for a SavedModel that is damaged or was not made by mainline."""
    return MainlineError(f"cannot be loaded as a model: {reason(error)}", where=directory)


def reason(error: Exception) -> str:
    """The kind of an error and its cause. TensorFlow puts the cause after a list of graph nodes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [
        line for line in lines if not line.startswith(("Graph execution", "Detected at", "File "))
    ]
    return f"{type(error).__name__}: {(causes or lines or ['no reason given'])[0][:200]}"
