"""The servers that the engine brings along for a machine that has none: a PostgreSQL and an MQTT broker."""
