"""The pull request comment: the facts that a reviewer needs, on one screen."""
