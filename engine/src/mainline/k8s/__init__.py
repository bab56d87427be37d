"""The manifests: environments, images, what Kustomize makes of them."""
