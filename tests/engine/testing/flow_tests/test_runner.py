"""Flow tests as people write them: the whole flow on a virtual clock, what acts on the outside captured, differences that can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from engine.api import Message, Node, node
from engine.catalogue.node_types import Catalogue
from engine.pack import Pack, discover_packs
from engine.testing.flow_tests.report import FileResult, as_json, format_results, junit, run_file
from engine.testing.flow_tests.report import test_files as files_of
from engine.texts.encode import encode
from engine.texts.text import in_full

FLOW = """\
flow: watch
nodes:
  uplink: {type: mqtt-in, with: {broker: "${broker:site}", topic: gas/+}, to: recent}
  recent: {type: delay, with: {delay_s: 5}, to: limit}
  limit:
    type: threshold
    with: {value: payload.conc, limit: 20}
    to: {over: ask, normal: store}
  ask: {type: http-request, with: {url: "https://erp.invalid/{{key}}"}, to: {out: answered, error: failed}}
  answered: {type: change, with: {rules: [{do: set, path: topic, value: asked}]}, to: store}
  failed: {type: template, with: {template: "{{error.reason}}"}}
  store: {type: postgres-write, with: {table: readings, columns: {conc: payload.conc}}, to: after}
  after: {type: change, with: {rules: [{do: set, path: payload, value: stored}]}}
on_error: quarantine
"""
CASES = """\
cases:
  - name: a normal reading is stored five seconds later, and the flow goes on behind the database
    given: [{node: uplink, payload: {conc: 5, sn: GS1}}]
    expect:
      - {node: store, at: 5, payload: {conc: 5}}
      - {node: after, payload: stored}
    never: [ask]
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(discover_packs())


async def play(folder: Path, catalogue: Catalogue, cases: str, flow: str = FLOW) -> FileResult:
    flow = flow.replace("on_error: quarantine\n", "")
    (folder / "watch.yaml").write_text(flow)
    (folder / "watch_test.yaml").write_text(
        cases if cases.startswith(("cases:", "secrets:", "site:")) else f"cases:\n{cases}"
    )
    return await run_file(folder / "watch_test.yaml", catalogue)


async def differences(folder: Path, catalogue: Catalogue, cases: str) -> list[str]:
    result = await play(folder, catalogue, cases)
    assert result.problem == ""
    return [str(difference) for case in result.cases for difference in case.differences]


async def test_what_is_expected_comes(tmp_path: Path, catalogue: Catalogue) -> None:
    result = await play(tmp_path, catalogue, CASES)
    assert [(case.name[:8], case.differences) for case in result.cases] == [("a normal", [])]


async def test_captured_node_answers_what_the_case_says(tmp_path: Path, catalogue: Catalogue) -> None:
    """The first answer for the first message, the last one for all further ones; nothing goes out."""
    case = """
  - name: asked
    given:
      - {node: uplink, payload: {conc: 30}, key: GS1}
      - {node: uplink, payload: {conc: 31}, key: GS1}
      - {node: uplink, payload: {conc: 32}, key: GS1}
    answers:
      ask:
        - {payload: {conc: 1}, props: {status: 200}}
        - {port: error, payload: away}
    expect:
      - {node: ask, payload: {conc: 30}}
      - {node: ask, payload: {conc: 31}}
      - {node: ask, payload: {conc: 32}}
      - {node: store, topic: asked, payload: {conc: 1}, props: {status: 200}}
      - {node: failed, payload: away}
      - {node: failed, payload: away}
    until: 5
"""
    assert await differences(tmp_path, catalogue, case) == []


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("{node: store, payload: {conc: 6}}", "store, message 1: payload.conc: expected 6, came 5"),
        ("{node: store, at: 4}", "store, message 1: expected at 4 s, came at 5 s"),
        ("{node: limit.over, payload: {conc: 5}}", 'limit.over: expected {"conc":5}, nothing came'),
        ("{node: store, count: 2}", "store: expected 2 messages, came 1"),
        ("{node: store, topic: other}", "store, message 1: topic: expected 'other', came ''"),
        ("{node: store, props: {x: 1}}", "store, message 1: x: expected 1, came null"),
    ],
)
async def test_difference_names_place_and_both_sides(
    tmp_path: Path, catalogue: Catalogue, expect: str, said: str
) -> None:
    case = (
        f"  - name: wrong\n    given: [{{node: uplink, payload: {{conc: 5}}}}]\n    expect: [{expect}]\n    until: 5\n"
    )
    assert await differences(tmp_path, catalogue, case) == [said]


async def test_message_too_many_and_one_that_is_forbidden_are_reported(tmp_path: Path, catalogue: Catalogue) -> None:
    case = """
  - name: two
    given: [{node: uplink, payload: {conc: 5}}, {node: uplink, payload: {conc: 6}}]
    expect: [{node: store, payload: {conc: 5}}]
    never: [after]
    until: 5
"""
    assert await differences(tmp_path, catalogue, case) == [
        'store: came {"conc":6} at 5 s, which was not expected',
        'after.out: came "stored" at 5 s, but `never` forbids it',
        'after.out: came "stored" at 5 s, but `never` forbids it',
    ]


async def test_message_in_quarantine_is_a_failure_unless_expected(tmp_path: Path, catalogue: Catalogue) -> None:
    case = "  - name: bad\n    given: [{node: uplink, payload: {conc: x}}]\n    until: 5\n"
    (difference,) = await differences(tmp_path, catalogue, case)
    assert difference.startswith("limit: a message went to quarantine: `payload.conc` is the text `x`")


@pytest.mark.parametrize(
    "expect",
    [
        "{node: quarantine, payload: {conc: x}, props: {error: {node: limit}}}",
        "{node: limit.error, at: 5, payload: {conc: x}, props: {error: {kind: refused}}}",
        "{node: quarantine, at: 5, count: 1}",
    ],
)
async def test_quarantine_and_error_ports_that_nothing_is_wired_to_are_expected(
    tmp_path: Path, catalogue: Catalogue, expect: str
) -> None:
    """The flow has no node of its own for it, as most have not."""
    case = f"  - name: bad\n    given: [{{node: uplink, payload: {{conc: x}}}}]\n    expect: [{expect}]\n    until: 5\n"
    assert await differences(tmp_path, catalogue, case) == []


async def test_expected_quarantine_covers_no_other_node(tmp_path: Path, catalogue: Catalogue) -> None:
    """A failure that was not foreseen shows beside one that was; `never` names one place."""
    case = "  - name: bad\n    given: [{node: uplink, payload: {conc: x}}]\n    until: 5\n"
    (difference,) = await differences(tmp_path, catalogue, case + "    expect: [{node: recent.error, count: 0}]\n")
    assert difference.startswith("limit: a message went to quarantine")
    first, _ = await differences(tmp_path, catalogue, case + "    never: [limit.error]\n")
    assert first == 'limit.error: came {"conc":"x"} at 5 s, but `never` forbids it'


LINKS = """\
flow: watch
nodes:
  in: {type: inject, to: [ask, show, away]}
  ask: {type: link-call, with: {to: other/scale}, to: kept}
  show: {type: link-out, with: {to: here}}
  away: {type: link-out, with: {to: [other/store, third/store]}}
  here: {type: link-in, to: kept}
  kept: {type: debug}
"""


async def test_links_to_other_flows_are_captured_and_those_of_the_flow_are_followed(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A link-call answers what the case says. A node that sends nothing shows what it gets."""
    case = """
  - name: linked
    given: [{node: in, payload: 5}]
    answers: {ask: {payload: 6}}
    expect: [{node: ask, payload: 5}, {node: away, payload: 5}, {node: kept, payload: 6}, {node: kept, payload: 5}]
"""
    result = await play(tmp_path, catalogue, case, LINKS)
    assert (result.problem, [case.differences for case in result.cases], result.unreached) == ("", [[]], [])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("expect: [{node: nowhere}]", "node nowhere: the case expects something there"),
        ("given: [{node: nowhere}]", "node nowhere: the case gives it a message"),
        ("answers: {nowhere: {payload: 1}}", "node nowhere: the case says what it answers"),
        ("answers: {limit: {payload: 1}}", "node limit: the case says what it answers"),
        ("answers: {ask: {port: other}}", "node ask: it has no output `other`; it has out"),
    ],
)
async def test_case_about_what_is_not_there_fails_with_its_name(
    tmp_path: Path, catalogue: Catalogue, case: str, said: str
) -> None:
    (difference,) = await differences(tmp_path, catalogue, f"  - name: wrong\n    {case}\n")
    assert said in difference


@pytest.mark.parametrize(
    ("cases", "problem"),
    [
        ("  - nmae: x\n", "watch_test.yaml:2"),
        ("  - name: x\n    given: [{node: uplink, at: -1}]\n", "watch_test.yaml:3"),
        ("  - name: x\n    name: y\n", "twice"),
    ],
)
async def test_test_file_that_is_wrong_says_where(
    tmp_path: Path, catalogue: Catalogue, cases: str, problem: str
) -> None:
    result = await play(tmp_path, catalogue, cases)
    assert problem in str(result.problem)
    assert not result.passed


async def test_everything_wrong_with_a_test_file_is_told_at_once(tmp_path: Path, catalogue: Catalogue) -> None:
    """Each with its line and what was meant."""
    cases = "  - name: x\n    untill: 5\n    expect: [{node: store, at: soon}]\n  - given: []\n"
    told = str((await play(tmp_path, catalogue, cases)).problem).splitlines()
    assert [line.partition("watch_test.yaml:")[2][:2] for line in told] == ["3:", "4:", "5:"]
    assert "until" in told[0]


@pytest.mark.parametrize(
    ("path", "said"),
    [("none.yaml", "none.yaml: there is no such flow"), ("watch.yaml", "watch_test.yaml: there is no such file")],
)
async def test_test_file_that_is_not_there_is_named(tmp_path: Path, catalogue: Catalogue, path: str, said: str) -> None:
    """And so is a flow."""
    (tmp_path / "watch.yaml").write_text(FLOW)
    (file,) = files_of([tmp_path / path])
    result = await run_file(file, catalogue)
    assert said in str(result.problem)
    assert "Errno" not in str(result.problem)


async def test_nodes_and_ports_that_no_case_reached_are_named(tmp_path: Path, catalogue: Catalogue) -> None:
    result = await play(tmp_path, catalogue, CASES)
    assert result.unreached == [
        "answered",
        "answered.out",
        "ask",
        "ask.out",
        "failed",
        "failed.out",
        "limit.over",
        "uplink.oversize",
    ]
    assert "not reached: answered" in format_results([result])
    assert 0.4 < result.coverage < 0.7


async def test_report_as_json_and_junit(tmp_path: Path, catalogue: Catalogue) -> None:
    """A failing case is a failure with all its differences, a file that can't be run is one, too."""
    failing = await play(tmp_path, catalogue, CASES + "  - name: fails\n    expect: [{node: store}]\n")
    broken = await play(tmp_path, catalogue, "  - nmae: x\n")
    root = ElementTree.fromstring(junit([failing, broken]))
    assert [(suite.get("tests"), suite.get("failures")) for suite in root] == [("2", "1"), ("1", "1")]
    assert "nothing came" in (root.findtext(".//failure") or "")
    told_as_json = msgspec.json.decode(encode(as_json([failing, broken]), "en"))
    assert [file["passed"] for file in told_as_json] == [False, False]
    assert [case["passed"] for case in told_as_json[0]["cases"]] == [True, False]


async def test_command_tells_by_its_exit_code(tmp_path: Path, catalogue: Catalogue) -> None:
    """0 when all pass, 1 when one fails or there is none; a flow stands for its test file."""
    await play(tmp_path, catalogue, CASES)

    def mcs(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "engine", "test", *arguments], check=False, capture_output=True, text=True
        )

    passed = mcs(str(tmp_path / "watch.yaml"), "--json", "--junit", str(tmp_path / "report.xml"))
    assert (passed.returncode, msgspec.json.decode(passed.stdout)[0]["passed"]) == (0, True)
    assert ElementTree.parse(tmp_path / "report.xml").getroot()[0].get("failures") == "0"
    (tmp_path / "watch_test.yaml").write_text(
        CASES.replace("conc: 5}}\n      - {node: after", "conc: 7}}\n      - {node: after")
    )
    failed = mcs(str(tmp_path))
    assert failed.returncode == 1
    assert "payload.conc: expected 7, came 5" in failed.stdout
    (tmp_path / "empty").mkdir()
    assert mcs(str(tmp_path / "empty")).returncode == 1


SUBFLOW = """\
flow: watch
nodes:
  in: {type: inject, to: double}
  double: {type: subflow/scaled, with: {gain: 2}, to: kept}
  kept: {type: debug}
subflows:
  scaled:
    fields: {gain: {type: number, default: 1}}
    inputs: {in: scale}
    outputs: {out: scale}
    nodes:
      scale: {type: formula, with: {expression: "payload * ${field:gain}", result: payload}}
"""


async def test_nodes_of_a_subflow_have_their_place_in_its_name(tmp_path: Path, catalogue: Catalogue) -> None:
    """And a case that names the subflow itself is told what is in it."""
    good = "  - name: x\n    given: [{node: in, payload: 4}]\n    expect: [{node: double/scale, payload: 8}]\n"
    result = await play(tmp_path, catalogue, good, SUBFLOW)
    assert (result.problem, result.passed, result.unreached) == ("", True, [])
    for case in ("given: [{node: double, payload: 4}]", "expect: [{node: double.out}]"):
        result = await play(tmp_path, catalogue, f"  - name: x\n    {case}\n", SUBFLOW)
        assert "the nodes inside of that subflow are double/scale" in in_full(result.cases[0].differences[0], "en")


WITH_SECRETS = """\
flow: watch
nodes:
  in: {type: inject, to: sign}
  sign: {type: sign, with: {times: "${secret:times}", key: "${secret:robot}"}, to: kept}
  kept: {type: debug}
"""


@node(category="testing")
class Sign(Node):
    """Signs a payload, a number of times."""

    times: int
    key: str

    def process(self, msg: Message) -> Message:
        return msg.replace(payload=" ".join([str(msg.payload), *[self.key] * self.times]))


async def test_flow_with_secrets_is_played(tmp_path: Path) -> None:
    """A secret is the text `test-NAME`, or what the file says where a node needs another."""
    catalogue = Catalogue([*discover_packs(), Pack(name="signing", nodes=[Sign])])
    case = "{name: x, given: [{node: in, payload: 5}], expect: [{node: sign, payload: 5 test-robot test-robot}]}"
    result = await play(tmp_path, catalogue, f"secrets: {{times: '2'}}\ncases:\n  - {case}\n", WITH_SECRETS)
    assert (result.problem, [case.differences for case in result.cases]) == ("", [[]])
