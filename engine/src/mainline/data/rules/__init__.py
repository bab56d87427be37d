"""The expression language of `validation.rules`: conditions on the columns of a row."""
