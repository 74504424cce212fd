"""The house itself: the lock, the entry points, the silence of the simulator, the versions, the wheel."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("simulator", "strategies", "configs", "experiments")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PLUGINS = [(group, name) for group, table in PROJECT["entry-points"].items() for name in table]

# What a function needs in order to touch a file, a screen, another process or the network.
IO_MODULES = {"io", "logging", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile", "urllib"}
IO_CALLS = {"Path", "input", "open", "print"}
IO_METHODS = {"genfromtxt", "loadtxt", "memmap", "savetxt", "savez", "tofile", "write_bytes", "write_text"}


def locked() -> list[str]:
    """One text per pinned release: its requirement line and the hashes below it."""
    return re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())


def io_in(source: str) -> list[str]:
    """Every word by which a module could reach out of the process."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names if name.name.split(".")[0] in IO_MODULES]
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in IO_MODULES:
                found.append(module)
            case ast.Call(func=ast.Name(id=name)) if name in IO_CALLS:
                found.append(name)
            case ast.Call(func=ast.Attribute(attr=name)) if name in IO_METHODS:
                found.append(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="load" | "save" as name)):
                found.append(name)
    return found


def test_the_lock_names_no_place():
    text = (ROOT / "requirements.lock").read_text()
    assert re.findall(r"\S*://\S*|^-.*|^\S+ @.*|(?<=\s)/\S+", text, flags=re.MULTILINE) == []


def test_every_locked_release_is_exact_and_hashed():
    entry = re.compile(r"[a-z0-9][a-z0-9._-]*==\S+( ; [^\\]+)?( \\\n +--hash=sha256:[0-9a-f]{64})+")
    assert [text.split()[0] for text in locked() if not entry.fullmatch(text)] == []


def test_the_lock_brings_each_python_its_mesa():
    assert [text.split(" \\")[0] for text in locked() if text.startswith("mesa==")] == [
        "mesa==3.3.1 ; python_full_version < '3.12'",
        "mesa==3.5.1 ; python_full_version >= '3.12'",
    ]


def test_everything_declared_is_locked():
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    declared += [one for extra in ("cluster", "plan") for one in PROJECT["optional-dependencies"][extra]]
    names = {re.split(r"[<>=]", requirement)[0].lower() for requirement in declared}
    assert names - {"qunlab[cluster,plan]"} - {text.split("==")[0] for text in locked()} == set()


def test_the_simulator_does_no_io():
    # The conformance kit alone speaks: it is a command for plug-in authors.
    files = [path for path in (ROOT / "simulator").rglob("*.py") if path.name != "conformance.py"]
    found = {path.name: io_in(path.read_text()) for path in files}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "source",
    [
        "open('f')",
        "print(1)",
        "input()",
        "import pathlib",
        "from pathlib import Path",
        "import os.path",
        "np.save('f', x)",
        "x.tofile('f')",
    ],
)
def test_the_io_check_bites(source):
    assert io_in(source)


def test_no_file_is_over_400_lines():
    files = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    assert [str(path) for path in files if len(path.read_text().splitlines()) > 400] == []


@pytest.mark.parametrize(("group", "name"), PLUGINS)
def test_every_plugin_resolves(group, name):
    (entry,) = distribution("qunlab").entry_points.select(group=group, name=name)
    assert entry.value == PROJECT["entry-points"][group][name]
    assert isinstance(entry.load(), type)


def test_the_command_resolves():
    (command,) = distribution("qunlab").entry_points.select(group="console_scripts")
    assert (command.name, command.value) == ("qunlab", PROJECT["scripts"]["qunlab"])
    assert callable(command.load())


def test_versions_agree():
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert PROJECT["version"] == released[0] == distribution("qunlab").version


def test_the_wheel_carries_all_that_the_packages_hold(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    files = [path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()]
    held = {path.relative_to(ROOT).as_posix() for path in files if path.parent.name != "__pycache__"}
    assert held - shipped == set()
    assert {"simulator/py.typed", "strategies/py.typed"} <= shipped
    assert {name.split("/")[0] for name in shipped} == {*PACKAGES, f"qunlab-{PROJECT['version']}.dist-info"}
