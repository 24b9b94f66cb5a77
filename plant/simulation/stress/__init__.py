"""`mcs stress`: many devices on the real protocol, and whether all that they sent arrived, how late, and at what cost."""
