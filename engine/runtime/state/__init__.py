"""The memory of nodes and its journal: what a node knows survives a kill, and agrees with what was acknowledged."""
