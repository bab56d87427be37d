"""How good a model is: figures with intervals, slices, and what `dvc plots` draws."""
