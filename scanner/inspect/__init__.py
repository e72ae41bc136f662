"""Formats, unpacking, readers and engines: from the bytes of one file to a look."""
