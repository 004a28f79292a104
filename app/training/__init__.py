"""Training jobs: what is trained on what, the queue, and the worker process that does it."""
