"""From a trained network to bytes that ship: SavedModel, model image, descriptor, model card."""
