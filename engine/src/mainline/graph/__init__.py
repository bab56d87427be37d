"""Which graphs may be loaded. It imports no other folder: MLflow keeps a copy of this one."""
