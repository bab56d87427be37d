"""Runs DVC, reads its outputs and remotes, and cleans up after a killed run."""
