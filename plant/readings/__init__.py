"""The stored readings: how they are kept, what pages ask of them, when they go."""
