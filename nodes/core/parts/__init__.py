"""Pieces of single general nodes."""
