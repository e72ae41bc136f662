"""The program: ``python entrypoint.py ...`` is the same as ``modelward ...``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scanner.cli import main

if __name__ == "__main__":
    main()
