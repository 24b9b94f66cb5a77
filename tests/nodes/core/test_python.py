"""A function written in the editor, in its process."""

import psutil
import pytest
from msgspec import ValidationError

from engine.runtime.deploy_report import DeployFailed
from nodes.core.parts.python_worker import PythonPermission
from tests.eventually import eventually


def config(code, **limits):
    return {"code": code, **limits}


@pytest.fixture
def allowed(bench):
    return lambda code, **limits: bench("python", config(code, **limits), services=[PythonPermission(True)])


async def answered(node, *given):
    await node.give(*given)
    await eventually(lambda: len(node.outputs) >= len(given))
    return node.outputs


async def test_the_site_must_allow_it(bench):
    with pytest.raises(DeployFailed, match="switched off"):
        async with bench("python", config("def process(msg): return msg")):
            pass


async def test_a_function_changes_the_message_and_remembers(allowed):
    code = "n = 0\ndef process(msg):\n    global n\n    n += 1\n    print('noise')\n    return {'payload': msg['payload'] * n, 'seen': n}"
    async with allowed(code) as node:
        out = await answered(node, 5, {"payload": 5, "topic": "t"})
        assert [(one.payload, one.message.topic, one.message.props["seen"]) for one in out] == [
            (5, "", 1),
            (10, "t", 2),
        ]


async def test_an_error_names_the_line_and_the_next_message_goes_on(allowed):
    async with allowed("def process(msg):\n    return {'payload': 1 / msg['payload']}") as node:
        await answered(node, 0, 2)
        assert ("ZeroDivisionError" in node.errors[0], "line 2" in node.errors[0], node.sent()) == (True, True, [0.5])


async def test_a_function_that_never_returns_is_ended_and_the_next_message_goes_on(allowed):
    async with allowed("def process(msg):\n    while msg['payload']: pass\n    return msg", time_s=0.3) as node:
        await answered(node, 1, 0)
        assert (node.errors, node.sent()) == (["the function took longer than 0.3 s"], [0])


async def test_a_function_that_takes_too_much_memory_fails_alone(allowed):
    async with allowed("def process(msg):\n    return {'payload': len(bytearray(msg['payload']))}") as node:
        await answered(node, 2_000_000_000, 10)
        assert ("MemoryError" in node.errors[0], node.sent()) == (True, [10])


async def test_it_sees_no_environment_and_writes_no_file(allowed, tmp_path):
    code = f"""
import os
def process(msg):
    try:
        open({str(tmp_path / "x")!r}, "w").write("x" * 9999)
    except OSError:
        return {{"payload": [sorted(set(os.environ) - {{'LC_CTYPE'}}), "refused"]}}
"""
    async with allowed(code) as node:
        out = await answered(node, 1)
        assert out[0].payload == [[], "refused"]


@pytest.mark.parametrize("returned", ["5", "float('nan')", "{'topic': 1}", "{1, 2}", "[5]"])
async def test_what_is_no_message_is_refused(allowed, returned):
    async with allowed(f"def process(msg):\n    return {returned}") as node:
        await answered(node, 1)
        assert (node.sent(), len(node.errors)) == ([], 1)


def test_code_that_is_no_python_is_refused_before_it_runs(bench):
    with pytest.raises(ValidationError, match="code"):
        bench("python", config("def process(msg) return"))._plan()


async def test_nothing_returned_is_counted_as_dropped(allowed):
    async with allowed("def process(msg):\n    return None if msg['payload'] else []") as node:
        await node.give(1, 0)
        await eventually(lambda: node.run.nodes["node"].context.dropped == 2)


async def test_what_the_function_has_started_ends_with_it(allowed, tmp_path):
    code = """
import os, time
def process(msg):
    child = os.fork()
    if child == 0:
        time.sleep(600)
    return {'payload': child}
"""
    async with allowed(code) as node:
        (out,) = await answered(node, 1)
        assert psutil.pid_exists(out.payload)
    await eventually(lambda: not psutil.pid_exists(out.payload) or psutil.Process(out.payload).status() == "zombie")
