"""Mainline: models ship from `main`.

Each folder is one step of the model's life.
"""

import os

# Read by native libraries when they are loaded or first compute, wherever that happens.
DEFAULTS = {
    # TensorFlow logs only what ends the process (Python exceptions say the rest), and leaves out
    # oneDNN, which reorders sums.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # How a large sum is cut, and so its last bits, follows the number of threads in an operation:
    # every machine of one CPU class must use as many. Small networks learn fastest with one; the
    # cores share the operations. Layers of many hundred units gain from more.
    "TF_NUM_INTRAOP_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # The trees' threads sleep when they wait: spinning beside TensorFlow's, a fit of one second
    # takes fifteen.
    "OMP_WAIT_POLICY": "passive",
}
for _name, _value in DEFAULTS.items():
    os.environ.setdefault(_name, _value)
