"""`mainline retrain`: a trigger, a person or a system asks for a new model by a pull request."""
