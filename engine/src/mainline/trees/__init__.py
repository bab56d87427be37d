"""Gradient-boosted trees that ship: fitted as a bag, compiled into TensorFlow operations."""
