"""The base of all other modules: settings, table, errors, files, YAML, paths."""
