"""The checks of the stage `validate`, and the page with their results."""
