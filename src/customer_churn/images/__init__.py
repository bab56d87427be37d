"""Images that others build, and ours of these commands: which ones our files name, by digest."""
