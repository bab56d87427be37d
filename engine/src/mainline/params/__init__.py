"""`params.yaml` as a whole, and the sections that no stage reads."""
