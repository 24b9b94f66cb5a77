"""What everything else stands on: messages, nodes, the clock, errors. Nothing here knows a flow, a database or a server."""
