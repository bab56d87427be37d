"""Markdown of ours as GitHub would show it, looked at before it is posted."""
