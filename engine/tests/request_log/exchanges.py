"""Exchanges as a proxy hands them to the log."""

import json
from dataclasses import replace

from mainline.request_log.exchange import Exchange
from mainline.request_log.ids import uuid7

PLAIN = Exchange(
    time=1_700_000_000.25,
    request_id="",
    protocol="rest",
    target="/v1/models/tiny:predict",
    arm="main",
    status=200,
    problem="",
    seconds=0.002,
    version="7",
    digest="sha256:7",
    entity="",
    caller="shop",
    encoding="",
    request=b'{"instances": [{"age": 40.5, "plan": "basic"}]}',
    response=b'{"predictions": [0.25]}',
)
METADATA = json.dumps(
    {
        "model_spec": {"name": "tiny", "signature_name": "", "version": "7"},
        "metadata": {
            "signature_def": {
                "signature_def": {
                    "serving_default": {
                        "inputs": {
                            "age": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}},
                            "visits": {"dtype": "DT_INT64", "tensor_shape": {"dim": []}},
                            "plan": {"dtype": "DT_STRING", "tensor_shape": {"dim": []}},
                        },
                        "outputs": {"score": {"dtype": "DT_FLOAT"}},
                        "method_name": "tensorflow/serving/predict",
                    }
                }
            }
        },
    }
).encode()


def exchange(**changes) -> Exchange:
    """A plain exchange with an id of its own, and with other values."""
    return replace(PLAIN, **({"request_id": uuid7()} | changes))
