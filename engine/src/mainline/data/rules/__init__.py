"""The small language of `validation.rules`: what has to hold across the columns of a row."""
