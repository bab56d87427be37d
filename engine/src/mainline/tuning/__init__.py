"""The search for better settings: trials of one study, worked off by any number of processes."""
