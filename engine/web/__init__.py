"""HTTP and WebSocket: the API, sign-in, and the built editor."""
