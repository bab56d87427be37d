"""Which model is deployed: one small file in git."""
