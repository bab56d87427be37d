"""Serves a model on a laptop, with TensorFlow Serving or an embedded server, and its clients."""
