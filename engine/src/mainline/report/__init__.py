"""The pull request comment: one screen on which a reviewer decides."""
