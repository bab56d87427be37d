"""Deployments: publish and sign images, test, promote, roll back, trace and verify releases."""
