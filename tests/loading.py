"""What commands import, as a process that starts with nothing: one process runs many, since starting one is what takes long."""

import json
import subprocess
import sys
from collections.abc import Sequence

_PROGRAM = """
import contextlib, io, json, sys
from pkm.cli import current
from pkm.cli.app import main
said, before = [], set()
for words in json.loads(sys.argv.pop()):
    sys.argv = ["pkm", *words]
    code = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(sys.stderr):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    current.close()
    current.home.cache_clear()
    current.store.cache_clear()
    said.append([code, sorted(set(sys.modules) - before)])
    before = set(sys.modules)
print(json.dumps(said))
"""


def loaded_by(*commands: Sequence[str]) -> dict[str, set[str]]:
    """By command, what it imports that none before it did; each of them ends well."""
    ran = subprocess.run([sys.executable, "-c", _PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True)
    said = dict(zip((" ".join(words) for words in commands), json.loads(ran.stdout), strict=True))
    assert [name for name, (code, _) in said.items() if code] == [], ran.stderr
    return {name: set(modules) for name, (_, modules) in said.items()}
