"""Node types that come with the engine, one file each."""
