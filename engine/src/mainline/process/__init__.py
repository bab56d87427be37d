"""Processes: quiet imports, one run at a time, ending child processes, outages.

If DVC is killed, its running stage ends too, but only on Linux (docs/decisions/0027).
"""
