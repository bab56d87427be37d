"""The stages `ingest`, `validate` and `split`: from a source to training and test rows."""
