"""Processes: quiet imports, one run at a time, the end of child processes, outages.

When DVC is killed, its stage ends on Linux only (docs/decisions/0027).
"""
