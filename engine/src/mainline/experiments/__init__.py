"""`mainline experiment`: two arms of the log compared on the figure that was named before."""
