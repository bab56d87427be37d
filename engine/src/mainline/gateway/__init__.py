"""Stands in front of TensorFlow Serving: passes predictions through and logs each of them."""
