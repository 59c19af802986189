"""People and the worker on one real file."""
