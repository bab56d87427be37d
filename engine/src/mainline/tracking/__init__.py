"""Records models in MLflow. MLflow is a read-only copy of git and DVC; deleting it is safe."""
