"""A function of many columns as a graph of two matrices.

TensorFlow checks the arguments of each call one by one in Python. With hundreds of columns this
takes longer than the graph.
"""

from collections.abc import Callable

import tensorflow as tf

KINDS = (tf.float32, tf.string)


class Stacked:
    """`answer`, which takes the columns of `specs`, each (rows,)."""

    def __init__(
        self, answer: Callable[[dict[str, tf.Tensor]], tf.Tensor], specs: dict[str, tf.TensorSpec]
    ) -> None:
        """Trace nothing yet: the first call does."""
        self._names = [
            [name for name, spec in specs.items() if spec.dtype == kind] for kind in KINDS
        ]

        def stacked(*matrices: tf.Tensor) -> tf.Tensor:
            columns: dict[str, tf.Tensor] = {}
            for names, matrix in zip(self._names, matrices, strict=True):
                columns |= zip(names, tf.unstack(matrix) if names else [], strict=True)
            return answer({name: columns[name] for name in specs})

        signature = [
            tf.TensorSpec([len(names), None], kind)
            for names, kind in zip(self._names, KINDS, strict=True)
        ]
        self._graph = tf.function(stacked, input_signature=signature, autograph=False)

    def __call__(self, columns: dict[str, tf.Tensor]) -> tf.Tensor:
        """What `answer` gives."""
        rows = len(next(iter(columns.values())))
        return self._graph(
            *(
                tf.stack([columns[name] for name in names]) if names else tf.zeros([0, rows], kind)
                for names, kind in zip(self._names, KINDS, strict=True)
            )
        )
