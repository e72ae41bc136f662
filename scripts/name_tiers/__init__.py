"""The generator of ``scanner/inspect/names/data``: it walks sources, and never imports what it walks."""
