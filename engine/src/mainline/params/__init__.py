"""The settings in `params.yaml`, with the sections that no stage reads."""
