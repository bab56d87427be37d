"""Customer Churn: a model that ships from `main`. Each folder is one step of the model's life."""

import os

# Read by TensorFlow when it is imported, wherever that happens: only errors reach the log, and
# oneDNN's reordered sums stay out of the figures.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
