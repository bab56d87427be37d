"""How far a table has moved from another one, column by column."""
