"""`mcs show`: a flow as text in the order of its messages, and for Graphviz."""

from __future__ import annotations

from engine.flow.check.render import show_dot, show_text
from tests.engine.flow.typed_nodes import flow_of

FLOW = flow_of(
    """
end: {type: sink, title: 'the "end"'}
r: {type: route, with: {names: [x, y]}, to: {x: end, y: [{node: cal, disabled: true}]}}
idle: {type: strict, disabled: true, to: end}
feed: {type: feed, to: [r, idle, lo]}
cal: {type: subflow/cal, with: {f: 2}, to: end}
lo: {type: link-out, with: {to: other/hall}}
""",
    """on_error: end
subflows:
  cal: {title: 标定, inputs: {in: x}, outputs: {out: x}, fields: {f: {type: number, default: 1}}, nodes: {x: {type: strict}}}
""",
)


def test_text_follows_the_messages_and_marks_what_is_off() -> None:
    assert (
        show_text(FLOW, "en")
        == """flow t
  feed [feed]
      → r
      → idle (disabled)
      → lo
  r [route]  names=["x","y"]
      x → end
      y → cal (disabled)
  idle [strict] (disabled)
      → end
  cal [subflow/cal]  f=2
      → end
  end [sink] “the "end"”
  lo [link-out]  to="other/hall"
      link → other/hall
  on error → end

  subflow cal “标定”
    field f: number = 1
    in in → x
    x [strict]
    x → out out"""
    )


def test_dot_quotes_names_and_dashes_what_is_off() -> None:
    text = show_dot(FLOW)
    assert '"end" [label="the \\"end\\"\\nsink"];' in text
    assert '"r" -> "end" [label="x"];' in text
    assert '"r" -> "cal" [label="y", style=dashed, color=grey];' in text
    assert 'label="标定";' in text
    assert text.count("{") == text.count("}")
