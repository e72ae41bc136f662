"""The Hugging Face Hub as collect asks it: records of repositories, and bytes of their files by range."""
