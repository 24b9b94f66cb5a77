"""Floor plans: the pictures, the places of devices on them, and what the wall shows live."""
