"""What DVC may forget: nothing that a released model or a branch still needs."""
