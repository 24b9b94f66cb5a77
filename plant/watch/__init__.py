"""Who watches the monitoring itself."""
