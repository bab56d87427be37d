"""The project's own code: what `mainline` finds here by name."""
