"""The release file: the deployed model, as one small file in git."""
