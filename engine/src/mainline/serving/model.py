"""A SavedModel that is loaded and run as TensorFlow Serving does."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from grpc import StatusCode

from mainline.packaging.loaded import Loaded
from mainline.process.imports import hushed
from mainline.serving.refused import RefusedError, invalid, not_found

DEFAULT_SIGNATURE = "serving_default"
CODES = {code.value[0]: code for code in StatusCode}


class ServedModel:
    """One version of one model. Many threads may use it at once."""

    def __init__(
        self, directory: Path, name: str, version: int, also: frozenset[str] = frozenset()
    ) -> None:
        """Load it as `Loaded` does. Raises MainlineError when the bytes are not a SavedModel."""
        self.name, self.version = name, version
        with hushed():
            self._model = Loaded(directory, also)
        self.signatures = self._model.signatures

    def check(self, name: str, version: int | None = None, label: str | None = None) -> None:
        """Refuse another name or version, and every label: the model has no labels."""
        if label is not None:
            raise invalid(f"Unrecognized servable version label: {label}")
        if name != self.name or version not in (None, self.version):
            asked = "Latest" if version is None else "Specific"
            place = name if version is None else f"{name}, {version}"
            raise not_found(f"Servable not found for request: {asked}({place})")

    def signature(self, name: str) -> Any:
        """The SignatureDef with that name; an empty name is the default. Refuses unknown names."""
        name = name or DEFAULT_SIGNATURE
        if name not in self.signatures:
            raise RefusedError(
                StatusCode.FAILED_PRECONDITION, f'Serving signature key "{name}" not found.'
            )
        return self.signatures[name]

    def run(
        self, signature: Any, inputs: Mapping[str, np.ndarray], only: Collection[str] = ()
    ) -> dict[str, np.ndarray]:
        """Outputs by name, all or those in `only`. Refuses inputs that do not fit the signature."""
        _check_names(signature, inputs, only)
        for name, values in inputs.items():
            _check_shape(name, values.shape, signature.inputs[name].tensor_shape)
        wanted = {name: signature.outputs[name].name for name in only or signature.outputs}
        feeds = {signature.inputs[name].name: values for name, values in inputs.items()}
        try:
            outputs: dict[str, np.ndarray] = self._model.run(wanted, feeds)
        except tf.errors.OpError as error:
            code = CODES.get(error.error_code, StatusCode.INTERNAL)
            raise RefusedError(code, _first_line(error.message)) from None
        except (TypeError, ValueError) as error:  # values that the session cannot convert
            raise invalid(_first_line(str(error))) from None
        return outputs

    def close(self) -> None:
        """Release the session's memory."""
        self._model.close()


def _check_names(signature: Any, inputs: Mapping[str, np.ndarray], only: Collection[str]) -> None:
    asked, known = set(inputs), set(signature.inputs)
    if asked != known:
        raise invalid(
            f"input size does not match signature: {len(asked)}!={len(known)}. "
            f"Sent extra: {{{','.join(sorted(asked - known))}}}. "
            f"Missing but required: {{{','.join(sorted(known - asked))}}}."
        )
    unknown = sorted(set(only) - set(signature.outputs))
    if unknown:
        raise invalid(f"output tensor alias not found in signature: {unknown[0]}")
    if len(set(only)) < len(only):
        raise invalid("duplicate output tensor alias")


def _check_shape(name: str, shape: tuple[int, ...], expected: Any) -> None:
    if expected.unknown_rank:
        return
    sizes = [dimension.size for dimension in expected.dim]
    fits = len(shape) == len(sizes) and all(
        want in (-1, have) for have, want in zip(shape, sizes, strict=True)
    )
    if not fits:
        want = ",".join("?" if size == -1 else str(size) for size in sizes)
        raise invalid(f"input '{name}' has shape {list(shape)}; the signature takes [{want}]")


def _first_line(message: str) -> str:
    """The error without TensorFlow's heading and the lines about nodes."""
    lines = [line for line in message.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Graph execution error")] or [message]
    return lines[0][:300]
