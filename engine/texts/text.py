"""A text for people before anybody reads it: its code in the catalogues, and what is filled into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

import msgspec

from engine.texts.catalogue import shipped
from engine.texts.language import Language

__all__ = ["Param", "Readable", "ReadableField", "Text", "hint_of", "reason_of", "render", "stored", "text_from"]


class Text:
    """`Text("flow.wire-twice", source="a", target="b")`: rendered only when it is read, in the language of who reads it.

    Parameters are numbers, names and values of the user's (never translated), other texts, or sequences of these, which the
    catalogue joins. `str(text)` is English, for logs. Two texts of one code and equal parameters are equal.

    Any exception may carry one as its first argument: `raise ValueError(Text("paths.none", path=path))`; see `reason_of`.
    """

    __slots__ = ("code", "params")

    def __init__(self, code: str, /, **params: Param) -> None:
        self.code = code
        self.params: Mapping[str, Param] = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.code == other.code and self.params == other.params

    def __hash__(self) -> int:
        return hash((self.code, *self.params))

    def __repr__(self) -> str:
        return f"Text({', '.join([repr(self.code), *(f'{name}={value!r}' for name, value in self.params.items())])})"

    def __str__(self) -> str:
        return render(self, "en")


Readable: TypeAlias = Union[Text, str]  # noqa: UP007 - `|` would need the class at import time
"""A text of ours, or words that are somebody else's (an integrator's, a server's) and stay as they are."""
if TYPE_CHECKING:
    ReadableField: TypeAlias = Readable
else:
    # msgspec has no unions with a class that it does not know, but writes any value.
    ReadableField = Annotated[Any, msgspec.Meta(extra_json_schema={"type": "string"})]
"""The type of a field of an API answer that holds a `Readable`: a string, in the language of who asks."""
Param: TypeAlias = Union[Readable, int, float, Sequence[Union[Readable, int, float]]]  # noqa: UP007


def render(text: Readable, language: Language) -> str:
    """The text in a language. Never raises: a code that is in no catalogue (of a pack that is gone) is shown with its parameters."""
    if isinstance(text, str):
        return text
    template = shipped().texts[language].get(text.code)
    if template is None:
        return " ".join([text.code, *(f"{name}={_shown(value, language)}" for name, value in text.params.items())])
    return template.fill(text.params, lambda value: _shown(value, language))


def hint_of(text: Readable, language: Language) -> str:
    """What to do next, as the catalogue says it beside the text; "" where it says nothing."""
    template = None if isinstance(text, str) else shipped().hints[language].get(text.code)
    if template is None or isinstance(text, str):
        return ""
    return template.fill(text.params, lambda value: _shown(value, language))


def reason_of(error: BaseException) -> Readable:
    """What an exception says: the text that it carries, else its words."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Text) else str(error)


def stored(text: Readable) -> dict[str, Any] | str:
    """The text as JSON that can be kept: {"code": …, "params": {…}}; words of somebody else's as they are."""
    if isinstance(text, str):
        return text
    return {"code": text.code, "params": {name: _stored_param(value) for name, value in text.params.items()}}


def text_from(value: Any) -> Readable:
    """A text from what `stored` made of it; what is none becomes words. Never raises: it reads what other versions wrote."""
    match value:
        case {"code": str(code), "params": dict(params)}:
            return Text(code, **{str(name): _param_from(one) for name, one in params.items()})
        case str():
            return value
    return "" if value is None else str(value)


def _shown(value: Any, language: Language) -> str:
    if isinstance(value, Text):
        return render(value, language)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _stored_param(value: Param) -> Any:
    if isinstance(value, Text):
        return stored(value)
    if isinstance(value, str | int | float):
        return value
    return [_stored_param(one) for one in value]


def _param_from(value: Any) -> Any:
    if isinstance(value, list):
        return [_param_from(one) for one in value]
    return value if isinstance(value, int | float) else text_from(value)
