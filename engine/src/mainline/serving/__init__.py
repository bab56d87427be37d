"""The served model on a laptop: a server with TensorFlow Serving's contract, and its clients."""
