"""Live sources, asked outside the pipeline: what they answer becomes batches that never change."""
