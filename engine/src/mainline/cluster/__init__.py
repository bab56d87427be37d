"""The command that each pod of a workflow runs: from a clone to what the next pod finds."""
