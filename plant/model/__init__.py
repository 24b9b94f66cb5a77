"""A device, a reading, a concentration: what they are and the arithmetic on them."""
