"""The engine's lock, `engine.yaml`: which engine code each stage of a project runs on."""
