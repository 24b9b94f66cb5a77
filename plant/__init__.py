"""The gas site: devices, readings, alarms and their tables, as a pack on the engine."""
