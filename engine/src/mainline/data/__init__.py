"""From a source to three checked, disjoint tables: ingest, validate, split."""
