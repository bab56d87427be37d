"""Batch scoring: Parquet in, Parquet with scores out, in partitions."""
