"""Tests that a flow carries beside it: `NAME_test.yaml` plays messages into `NAME.yaml` on a clock of its own and compares what leaves."""
