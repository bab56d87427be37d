"""The log of answers: each request and its answer, on disk and in a store."""
