"""`python -m engine` is `mcs`."""

import sys

from engine.cli.main import main

sys.exit(main())
