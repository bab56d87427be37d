"""Customer Churn: a model that ships from `main`. Each folder is one step of the model's life."""

import os

# Read by native libraries when they are loaded, wherever that happens. TensorFlow: errors only, and
# no oneDNN, which reorders sums. Trees and linear algebra: threads that wait must sleep, not spin,
# or beside TensorFlow's own a fit of one second takes fifteen; one BLAS thread also means that sums
# do not depend on the number of cores.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
