"""The editor's types of the API are those of the server's routes."""

from api_types import GENERATED, api_types


def test_types_of_the_editor_are_what_the_routes_say() -> None:
    assert GENERATED.read_text(encoding="utf-8") == api_types(), "run `make api-types` and see what no longer compiles"
