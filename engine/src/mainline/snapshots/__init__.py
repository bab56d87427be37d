"""Reads live sources outside the pipeline. Each answer is stored as a batch that never changes."""
