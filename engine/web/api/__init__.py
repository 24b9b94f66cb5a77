"""The API, a file for each resource."""
