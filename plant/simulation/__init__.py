"""Devices that are none: a simulator on the real protocol."""
