"""The gate: whether a proposed model may reach main. It trusts nothing that it can recompute."""
