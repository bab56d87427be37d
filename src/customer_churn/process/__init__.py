"""Processes: quiet imports, one run at a time, an end for all that was started, outages."""
