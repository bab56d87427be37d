"""What MLflow shows: a view of what git and DVC have. Losing it loses no model and no release."""
