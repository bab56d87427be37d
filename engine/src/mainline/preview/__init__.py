"""Shows our Markdown in a browser as GitHub would, before it is posted."""
