"""Stage `validate`, check by check, and the page that says what was found."""
