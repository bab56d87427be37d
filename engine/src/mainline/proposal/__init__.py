"""What CI does with a pull request: train, judge, commit, comment. A laptop does the first two."""
