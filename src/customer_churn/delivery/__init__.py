"""From the descriptor to what runs: the release file that Kustomize reads."""
