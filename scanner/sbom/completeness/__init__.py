"""Which data fields that standards ask for a document has, states as unknown, or passes over in silence."""
