"""The endings of a spool's segments."""

OPEN, CLOSED, DAMAGED = ".open", ".segment", ".damaged"
