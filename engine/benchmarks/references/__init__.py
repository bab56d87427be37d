"""What a user gets elsewhere on the same rows: computed once, kept, compared with what ships."""
