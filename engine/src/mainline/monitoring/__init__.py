"""What the log shows of a released model, and drift figures with Evidently's page."""
