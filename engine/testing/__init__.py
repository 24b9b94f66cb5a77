"""What tests a node or a flow: the harness, and the flow tests that stand beside a flow."""

from engine.testing.harness import FlowHarness, NodeHarness, Output, check_example, load_node, run_node

__all__ = ["FlowHarness", "NodeHarness", "Output", "check_example", "load_node", "run_node"]
