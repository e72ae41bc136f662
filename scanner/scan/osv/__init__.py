"""What a vulnerability database says, read: runs in workers, and loads no pydantic."""
