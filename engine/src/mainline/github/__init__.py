"""GitHub: the one comment on a pull request and the statuses of a commit."""
