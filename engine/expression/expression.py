"""An expression as the nodes use it: parsed once, then evaluated for every message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.expression.accessors import Accessor
from engine.expression.compile import Value, compile_function
from engine.expression.source import Source
from engine.expression.translate import translate
from engine.texts.text import Text

__all__ = ["Expression", "Value"]


class Expression:
    """A formula or condition over named values; see docs/expression.md for the language.

    Raises ExpressionError when the text is not of the language, with every mistake found and its column. Parsing takes
    about a millisecond; keep the object. It is immutable and may be used from several threads.

    All arithmetic is on 64-bit floats: whole numbers are turned into floats first (exact up to 2**53), true counts as 1
    and false as 0. The result is a finite float, or a bool from a comparison or `and`, `or`, `not`; a bool or (with
    `strings`) a text also where the expression is just a name, or a choice between names, that holds one.
    `strings` allows text constants, and `==`, `!=` and `in` on texts.
    """

    __slots__ = ("_evaluate", "_function", "_source", "_translation", "names", "text")

    def __init__(self, text: str, *, strings: bool = False) -> None:
        self.text = text
        self._source = Source(text, strings=strings)
        self._translation = translate(self._source)
        self.names: tuple[str, ...] = tuple(self._translation.names)
        """The names whose values are needed, in the order of their first use."""
        # Made when first needed: compiling takes as long as all checks, and most expressions are only bound.
        self._function: Callable[..., Value] | None = None
        self._evaluate: Callable[..., Value] | None = None

    @property
    def function(self) -> Callable[..., Value]:
        """The compiled function of the values of `names`, positional and in that order; raises EvaluationError. Keep it for a hot path."""
        if self._function is None:
            self._function = self.bind({name: name for name in self.names}, *self.names)
        return self._function

    def __call__(self, values: Mapping[str, object]) -> Value:
        """The result for these values; further names in the mapping are ignored.

        Raises EvaluationError when a name is missing (also one that this result would not have needed), when a value
        that is needed is no finite number, on division by zero, outside the domain of a function, and when a result
        is too large for a float.
        """
        if self._evaluate is None:
            self._evaluate = self.bind({name: f"values[{name}]" for name in self.names}, "values")
        return self._evaluate(values)

    def bind(self, sources: Mapping[str, str], *roots: str) -> Callable[..., Value]:
        """A compiled function of `roots` that fetches every name itself: a hot path need not build a mapping.

        `sources` gives each name the path to its value from one of the roots: `payload.v_raw` reads an attribute,
        `payload[v_raw]` the item with that key, and they can follow each other: `message.payload[v_raw]`. Every name is
        read once, before anything is calculated. Names in `sources` that the expression does not use are ignored.

            expression.bind({"k": "device.k", "v_raw": "payload[v_raw]"}, "payload", "device")(payload, device)

        Paths are for the program to make, not for users. Raises ValueError for one that is not made of plain
        identifiers or does not start from a root, and for a name without a path. The function raises EvaluationError
        as a call does.
        """
        accessors = {name: _accessor(name, sources, roots) for name in self.names}
        return compile_function(self._source, self._translation, accessors, roots)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def _accessor(name: str, sources: Mapping[str, str], roots: tuple[str, ...]) -> Accessor:
    if name not in sources:
        raise ValueError(Text("expression.path-missing", name=name))
    accessor = Accessor.parse(sources[name])
    if accessor.root not in roots:
        raise ValueError(Text("expression.path-root", path=repr(sources[name]), name=name, roots=roots))
    return accessor
