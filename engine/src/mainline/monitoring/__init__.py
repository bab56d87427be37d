"""What changes under a model: how two tables differ, in figures and as a page to look at."""
