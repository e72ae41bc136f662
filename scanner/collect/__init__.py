"""collect: moves opaque bytes into an evidence directory and answers typed requests; parses none of them."""
