"""The model: the project's network and features in one graph, its training, its baseline."""
