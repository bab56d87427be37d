"""Removes old objects from DVC's cache and remote. Releases and branches keep their data."""
