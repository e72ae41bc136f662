"""What the Hub says of a repository: the record, what changed in it, and what speaks against it."""
