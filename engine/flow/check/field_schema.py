"""The JSON Schema that a subflow gives for a field: it is a user's text, so whatever may be slow in it has a budget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import regex
from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.validators import extend

from engine.core.pattern import compile_pattern
from engine.flow.tree import Path
from engine.texts.text import Text

__all__ = ["FieldSchemas", "InvalidSchema", "PatternTooSlow"]

BUDGET_S = 0.5
"""For all patterns of one flow together."""
# What would fetch an address, and what tries patterns where they could not be stopped.
REFUSED = {
    "$ref": Text("flow.schema-refers"),
    "$dynamicRef": Text("flow.schema-refers"),
    "patternProperties": Text("flow.schema-keyword", keyword="patternProperties"),
    "unevaluatedProperties": Text("flow.schema-keyword", keyword="unevaluatedProperties"),
    "unevaluatedItems": Text("flow.schema-keyword", keyword="unevaluatedItems"),
}


class InvalidSchema(Exception):
    """The schema can't be used; `place` is where in it, the argument a Text."""

    def __init__(self, text: Text, place: Path = ()) -> None:
        super().__init__(text)
        self.text = text
        self.place = place


class PatternTooSlow(Exception):
    """The patterns of the flow have used up their time."""


class FieldSchemas:
    """The validators of one flow's fields; their patterns share one budget of time."""

    def __init__(self) -> None:
        self._left_s = BUDGET_S
        self._patterns: dict[str, regex.Pattern[str]] = {}
        self._validator: Any = extend(Draft202012Validator, {"pattern": self._pattern})  # type: ignore[no-untyped-call]

    def validator(self, schema: Mapping[str, Any]) -> Any:
        """A jsonschema validator, whose `iter_errors` may raise PatternTooSlow. InvalidSchema when the schema is none, or refers to another."""
        written = str(schema)
        for keyword, text in REFUSED.items():
            if keyword in written:
                raise InvalidSchema(text)
        try:
            # Not its formats: jsonschema would try each pattern with `re`, which a deep one ends in a RecursionError.
            Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
            self._compile(schema, ())
        except SchemaError as error:
            raise InvalidSchema(Text("flow.no-schema", reason=error.message), tuple(error.absolute_path)) from None
        except RecursionError:
            raise InvalidSchema(Text("flow.no-schema", reason="too deep")) from None
        return self._validator(schema)

    def _compile(self, schema: Any, place: Path) -> None:
        parts = schema.items() if isinstance(schema, Mapping) else enumerate(schema) if isinstance(schema, list) else ()
        for key, part in parts:
            if key == "pattern" and isinstance(part, str) and part not in self._patterns:
                try:
                    self._patterns[part] = compile_pattern(part)
                except regex.error as error:
                    raise InvalidSchema(Text("flow.no-schema", reason=f"pattern: {error}"), (*place, key)) from None
            self._compile(part, (*place, key))

    def _pattern(self, validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(value, str):
            return
        began = time.perf_counter()
        try:
            if self._left_s <= 0:
                raise TimeoutError
            found = self._patterns[pattern].search(value, timeout=self._left_s)
        except TimeoutError:
            raise PatternTooSlow(pattern) from None
        finally:
            self._left_s -= time.perf_counter() - began
        if not found:
            yield ValidationError(f"{value!r} does not match {pattern!r}")
