"""The whole site in one file: database, flows, custom nodes, files, and the key of the secrets."""
