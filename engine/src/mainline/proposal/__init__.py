"""CI for a pull request: train, judge, commit, comment. On a laptop only the first two run."""
