"""Mainline: models ship from `main`.

Each folder is one step of the model's life.
"""

import os

# Native libraries read these variables when they are loaded or first used.
DEFAULTS = {
    # TensorFlow logs only fatal errors (other errors are Python exceptions), and does not use
    # oneDNN, which changes the order of sums.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # The number of threads in an operation decides how a large sum is split, and so its last bits.
    # So all machines of a CPU class must use the same number. Small networks train fastest with
    # one, because operations run in parallel. Layers of many hundred units would gain from more.
    "TF_NUM_INTRAOP_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # The trees' threads sleep when they wait. If they spin next to TensorFlow's threads, a fit of
    # one second takes fifteen.
    "OMP_WAIT_POLICY": "passive",
}
for _name, _value in DEFAULTS.items():
    os.environ.setdefault(_name, _value)
