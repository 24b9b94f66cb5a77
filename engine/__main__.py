"""`python -m engine` is `mcs`."""

import sys

from engine.cli import main

sys.exit(main())
