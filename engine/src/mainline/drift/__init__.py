"""Measures drift between two tables, column by column."""
