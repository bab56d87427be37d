"""classify and regress: for models whose signatures take serialized tf.Example."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import classification_pb2, regression_pb2

from customer_churn.serving.json_body import short
from customer_churn.serving.json_values import is_base64, text
from customer_churn.serving.model import ServedModel
from customer_churn.serving.predict import check_spec, identify
from customer_churn.serving.refused import invalid

CLASSIFY, REGRESS = "tensorflow/serving/classify", "tensorflow/serving/regress"
INPUT = "inputs"


def classify(model: ServedModel, request: Any) -> Any:
    """The ClassificationResponse. Refuses a signature that is not for classification."""
    outputs = _run(model, request, CLASSIFY)
    response = classification_pb2.ClassificationResponse()
    identify(response.model_spec, model)
    scores, labels = outputs.get("scores"), outputs.get("classes")
    shape = next(iter(outputs.values())).shape
    for row in range(shape[0]):
        found = response.result.classifications.add()
        for place in range(shape[1]):
            label = "" if labels is None else labels[row, place].decode(errors="replace")
            score = 0.0 if scores is None else float(scores[row, place])
            found.classes.add(label=label, score=score)
    return response


def regress(model: ServedModel, request: Any) -> Any:
    """The RegressionResponse. Refuses a signature that is not for regression."""
    outputs = _run(model, request, REGRESS)
    response = regression_pb2.RegressionResponse()
    identify(response.model_spec, model)
    for value in outputs["outputs"].reshape(-1):
        response.result.regressions.add(value=float(value))
    return response


def _run(model: ServedModel, request: Any, method: str) -> dict[str, np.ndarray]:
    check_spec(model, request)
    signature = model.signature(request.model_spec.signature_name)
    if signature.method_name != method:
        raise invalid(
            f"Expected signature method_name to be {method}. Was: {signature.method_name}"
        )
    context = request.input.example_list_with_context
    examples = context.examples or request.input.example_list.examples
    if not examples:
        raise invalid("Input is empty.")
    # Protobuf's own merge: what an example says wins over the context.
    before = context.context.SerializeToString()
    rows = [before + example.SerializeToString() for example in examples]
    return model.run(signature, {INPUT: np.array(rows, dtype=object)})


def fill(document: Mapping[str, Any], into: Any) -> None:
    """Examples in JSON, with what they have in `context`, into an Input message."""
    examples = document.get("examples")
    if not isinstance(examples, list) or not examples:
        raise invalid("key 'examples' is expected, and to be a list/array that is not empty")
    if "context" in document:
        _fill(document["context"], into.example_list_with_context.context)
        target = into.example_list_with_context.examples
    else:
        target = into.example_list.examples
    for example in examples:
        _fill(example, target.add())


def _fill(document: Any, example: Any) -> None:
    if not isinstance(document, dict):
        raise invalid(f"Example must be JSON object but got JSON {short(document)}")
    for name, content in document.items():
        values = content if isinstance(content, list) else [content]
        try:
            example.features.feature[name].CopyFrom(_feature(name, values))
        except (UnicodeEncodeError, OverflowError, TypeError, ValueError) as error:
            raise invalid(f"Feature: {short(name)} cannot be read: {error}") from None


def _feature(name: str, values: list[Any]) -> Any:
    """One list of one kind: bytes, floats, or integers (of which booleans are some)."""
    if all(isinstance(value, str) or is_base64(value) for value in values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[text(v) for v in values]))
    if all(isinstance(value, float) for value in values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    if all(isinstance(value, int) for value in values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    raise invalid(f"Feature: {name} has elements of unexpected or several types")
