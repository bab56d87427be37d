"""Is a model what its revision makes? Trained again, from nothing but the revision."""
