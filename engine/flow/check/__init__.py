"""Whether a flow is right: types, wires, paths, loops; and the plan that the runtime compiles."""
