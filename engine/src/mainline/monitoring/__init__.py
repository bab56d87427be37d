"""The command `drift`: drift figures, and Evidently's page."""
