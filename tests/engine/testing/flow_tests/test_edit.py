"""One case written into a test file, everything else as it was."""

import pytest
import yaml

from engine.flow.problem import FlowError
from engine.testing.flow_tests.edit import with_case, without_case

FILE = """\
# What the flow promises.
site:
  devices: [{sn: A}]
cases:
  - name: one    # stays
    given:
      - {node: a, payload: 1}

  - name: two
    given:
      - node: a
        payload: "x: y"
    # after two
run: [store]
"""


def test_new_case_stands_below_the_others_and_nothing_else_changes():
    """A line apart, as the others are."""
    text = with_case(FILE, {"name": "three", "given": [{"node": "a", "payload": {"气": 1}}]})
    assert text.startswith(FILE[: FILE.index("    # after two")])
    assert text.endswith("    # after two\nrun: [store]\n")
    assert [case["name"] for case in yaml.safe_load(text)["cases"]] == ["one", "two", "three"]
    assert yaml.safe_load(text)["cases"][2]["given"][0]["payload"] == {"气": 1}


def test_case_of_the_same_name_is_replaced_where_it_stands():
    """Its neighbours keep their comments."""
    text = with_case(FILE, {"name": "two", "given": [{"node": "b"}]})
    assert "# stays" in text
    assert [case["name"] for case in yaml.safe_load(text)["cases"]] == ["one", "two"]
    assert yaml.safe_load(text)["cases"][1] == {"name": "two", "given": [{"node": "b"}]}
    assert with_case(text, {"name": "two", "given": [{"node": "b"}]}) == text


def test_first_case_makes_the_file():
    """From nothing."""
    text = with_case("", {"name": "first"})
    assert yaml.safe_load(text) == {"cases": [{"name": "first"}]}
    assert without_case(text, "first") == ""


def test_removed_case_leaves_the_others():
    """And a name that is not there changes nothing."""
    text = without_case(FILE, "one")
    assert [case["name"] for case in yaml.safe_load(text)["cases"]] == ["two"]
    assert without_case(FILE, "none") == FILE


@pytest.mark.parametrize("text", ["cases: [{name: a}]\n", "cases: 5\n", "a: [\n"])
def test_what_cannot_be_patched_is_refused(text: str):
    """With the field, or the place where reading ended."""
    with pytest.raises(FlowError):
        with_case(text, {"name": "x"})
