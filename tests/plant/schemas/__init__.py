"""The tables of every released version, as PostgreSQL dumps them, with a few rows in them: what upgrades are tested from."""
