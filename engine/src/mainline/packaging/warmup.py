"""Warm-up requests: TensorFlow Serving replays them before it calls a version ready.

A request that does not fit the signature makes the version fail to load, so they are also the last
check of the contract between training and serving.
"""

from pathlib import Path

import pandas as pd
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from mainline.model.preprocessing import Preprocessing, tensors

BATCHES = (1, 8)


def write(frame: pd.DataFrame, preprocessing: Preprocessing, name: str, path: Path) -> None:
    """Write predict requests for batches of the raw rows `frame`, byte for byte reproducible."""
    dtypes = {column: spec.dtype for column, spec in preprocessing.signature.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as records:
        for size in BATCHES:
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            request.model_spec.signature_name = "serving_default"
            for column, values in tensors(frame.head(size), dtypes).items():
                request.inputs[column].CopyFrom(tf.make_tensor_proto(values))
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            records.write(log.SerializeToString(deterministic=True))
