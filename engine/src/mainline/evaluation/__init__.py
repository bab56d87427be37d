"""The stage `evaluate`: figures with intervals, slices, and curves for `dvc plots`."""
