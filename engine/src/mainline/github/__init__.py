"""The client of GitHub: comments, statuses, pull requests, deployment records, rulesets."""
