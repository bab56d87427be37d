"""Judges a proposal from outside: main's engine judges what came of the proposal's own run."""
