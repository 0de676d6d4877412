"""`python -m tests.hostile`: attack a real site with everything there is, and print the figures.

What follows is handed to pytest: `python -m tests.hostile -k pictures`. TESSERA_HOSTILE=10 asks for ten times as many
generated texts and requests.
"""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main([str(Path(__file__).parent), "--quiet", *sys.argv[1:]]))
