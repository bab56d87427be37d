"""A proposal: what it touches, its training, its comment and the bot's commit."""
