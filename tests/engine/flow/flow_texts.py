"""Random flow files as people write them: comments, anchors, odd quoting, Chinese text, CRLF, block texts."""

from hypothesis import strategies as st

NAMES = ["uplink", "decode", "limits", "store", "显示", "a1", "b-2", "on_air"]
_COMMENTS = ["", "", "", "  # 注释", "  # wire: {a: b}"]
_VALUES = [
    "5",
    "0.5",
    "true",
    '"on"',
    "'it''s'",
    '"a # b: c"',
    "metachip/gas/+/data",
    "[1, 2]",
    "{x: 1, y: [a, b]}",
    "~",
    "气体",
]
_TITLES = ["", "{zh: 气体, en: Gas}", "'plain: title'", "Uplink"]


@st.composite
def flow_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A flow file without errors, and the ids of its nodes."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    step = draw(st.sampled_from([2, 4]))
    lines = draw(st.sampled_from([[], ["# header", ""], ["---"]]))
    lines = [*lines, "flow: random" + draw(st.sampled_from(_COMMENTS))]
    if title := draw(st.sampled_from(_TITLES)):
        lines.append(f"title: {title}")
    lines.append("nodes:" + draw(st.sampled_from(_COMMENTS)))
    for index, name in enumerate(names):
        lines += draw(_node(name, names, step, anchored=index > 0))
    if draw(st.booleans()):
        lines.append(f"on_error: {draw(st.sampled_from(names))}")
    placed = draw(st.lists(st.sampled_from(names), unique=True))
    if placed:
        lines.append("layout:" + draw(st.sampled_from(_COMMENTS)))
        lines += [
            " " * step + f"{name}: [{draw(st.integers(-9, 900))}, 80]" + draw(st.sampled_from(_COMMENTS))
            for name in placed
        ]
    if draw(st.booleans()):
        lines += ["groups:", " " * step + "frame: {members: [" + ", ".join(names[:2]) + "]}"]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(lines) + draw(st.sampled_from([end, end, ""])), names


@st.composite
def _node(draw: st.DrawFn, name: str, names: list[str], step: int, anchored: bool) -> list[str]:
    pad, inner = " " * step, " " * (2 * step)
    comment = draw(st.sampled_from(_COMMENTS))
    lines = draw(st.sampled_from([[], [""], [pad + "# about it"], ["", pad + "# about it"]]))
    targets = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    if anchored and draw(st.integers(0, 4)) == 0:
        wires = f", to: [{', '.join(targets)}]" if targets else ""
        return [*lines, f"{pad}{name}: {{type: switch{wires}}}{comment}"]
    lines = [*lines, f"{pad}{name}:{comment}", f"{inner}type: switch" + draw(st.sampled_from(_COMMENTS))]
    lines += draw(_with(inner, step, anchored))
    shape = draw(st.sampled_from(["flow", "block", "ports", "one"]))
    if targets and shape == "flow":
        lines.append(f"{inner}to: [{', '.join(targets)}]{comment}")
    elif targets and shape == "block":
        lines += [f"{inner}to:", *(f"{inner}- {target}{comment}" for target in targets)]
    elif targets and shape == "ports":
        lines.append(f"{inner}to: {{ok: {targets[0]}, bad: [{', '.join(targets)}]}}")
    elif targets:
        lines.append(f"{inner}to: {targets[0]}{comment}")
    return lines + draw(st.sampled_from([[], [inner + "# the end of it"], [inner + " # deeper"]]))


@st.composite
def _with(draw: st.DrawFn, inner: str, step: int, anchored: bool) -> list[str]:
    # The first node always defines the anchor that the later ones share.
    kind = (
        "shared"
        if not anchored
        else draw(st.sampled_from(["none", "flow", "block", "text", "anchor", "lines", "shared"]))
    )
    values = draw(st.lists(st.sampled_from(_VALUES), min_size=1, max_size=3))
    fields = [(f"f{index}", value) for index, value in enumerate(values)]
    deep = inner + " " * step
    if kind == "flow":
        return [f"{inner}with: {{{', '.join(f'{key}: {value}' for key, value in fields)}}}"]
    if kind == "block":
        return [f"{inner}with:", *(f"{deep}{key}: {value}{draw(st.sampled_from(_COMMENTS))}" for key, value in fields)]
    if kind == "text":
        head = draw(st.sampled_from(["|", "|-", ">", "|+"]))
        return [f"{inner}with:", f"{deep}f0: {head}", f"{deep}  第一行", "", f"{deep}  second", f"{deep}f1: 5"]
    if kind == "lines":
        return [f"{inner}with: {{  # open", f"{deep}f0: 1,   # one", f"{deep}f1: [a,", f"{deep}  b]", f"{inner}}}"]
    if kind == "anchor":
        # Every anchored node defines its own anchor and uses it at once, so that either end may be edited or go.
        return [f"{inner}with:", f"{deep}f0: &own {{p: 1, q: [2]}}", f"{deep}f1: *own", f"{deep}f2: [*own, 3]"]
    if kind == "shared" and anchored:
        return [inner + "with: *shared"]
    return [inner + "with: &shared {f0: 1, f1: [a, &inner b]}"] if kind == "shared" or not anchored else []
