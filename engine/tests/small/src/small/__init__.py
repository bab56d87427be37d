"""The small project: what engine tests run the engine on."""
