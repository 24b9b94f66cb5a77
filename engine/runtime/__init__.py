"""A flow at work: compiled once, a message goes through it from its source to its acknowledgement."""
