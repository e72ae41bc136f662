"""Compare engines on the public corpus: each in its own environment and process, with a time limit."""
