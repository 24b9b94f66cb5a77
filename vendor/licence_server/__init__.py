"""The vendor's licence server: issues, lists and revokes keys, and answers sites with signed tokens."""
