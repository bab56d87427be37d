"""Replays the warm-up requests in a model's folder before it is served."""

from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import prediction_log_pb2

from mainline.core.errors import MainlineError
from mainline.serving.model import ServedModel
from mainline.serving.predict import predict
from mainline.serving.refused import RefusedError

REQUESTS = Path("assets.extra/tf_serving_warmup_requests")
MOST = 1000  # TensorFlow Serving refuses more


def replay(model: ServedModel, directory: Path) -> int:
    """Answer every request in the model's file. Returns their number.

    Raises MainlineError when one does not fit the signature: TensorFlow Serving would not load the
    model.
    """
    records = _records(directory / REQUESTS)
    if len(records) > MOST:
        raise MainlineError(
            f"{directory / REQUESTS} has {len(records)} requests; at most {MOST} are allowed."
        )
    for place, record in enumerate(records, start=1):
        try:
            log = prediction_log_pb2.PredictionLog.FromString(record)
            kind = log.WhichOneof("log_type")
            if kind != "predict_log":
                raise MainlineError(
                    f"{directory / REQUESTS}: request {place} is not a predict request."
                )
            predict(model, log.predict_log.request, named=False)
        except (RefusedError, DecodeError) as error:
            raise MainlineError(
                f"{directory / REQUESTS}: request {place} does not fit the model, so TensorFlow "
                f"Serving would not load it: {error}"
            ) from None
    return len(records)


def _records(path: Path) -> list[Any]:
    if not path.exists():
        return []
    try:
        return list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    except tf.errors.OpError as error:
        raise MainlineError(f"{path} is damaged: {error.message}") from None
