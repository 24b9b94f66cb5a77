"""What the browser is told while it looks: sockets, topics, taps, telemetry, traces."""
