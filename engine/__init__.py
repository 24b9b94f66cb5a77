"""The flow engine: runs the nodes of a YAML flow and knows nothing about gas."""
