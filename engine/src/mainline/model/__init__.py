"""The model: what a data scientist edits (`network.py`), how it is trained, and its baseline."""
