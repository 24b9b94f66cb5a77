"""Node types that reach the world outside: brokers, web services, files."""
