"""The image of this project's own commands: where its digest is written."""
