"""The device registry: its table, what is valid, how each device is doing, and what it is told."""
