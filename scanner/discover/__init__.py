"""References to models in source: one module a language, the loaders as data."""
