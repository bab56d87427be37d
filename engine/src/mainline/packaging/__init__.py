"""The stage `package`: SavedModel, model image, descriptor and model card."""
