"""Which graphs may be loaded. MLflow keeps a copy of this folder: it imports no other."""
