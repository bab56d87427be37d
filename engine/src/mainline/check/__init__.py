"""Rules on the manifests, workflows and images of a project, and the command that asks them."""
