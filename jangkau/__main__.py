"""`python -m jangkau`, for machines where the command itself is not on the path."""

import sys

from jangkau.cli import main

if __name__ == "__main__":
    sys.exit(main())
