"""Store and forward: an outage of the database is not an outage of the alarms."""
