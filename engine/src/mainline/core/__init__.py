"""What every stage stands on: settings, the table's contract, files that are whole or absent."""
