"""The gate decides whether a proposed model may be merged. It recomputes all that it can."""
