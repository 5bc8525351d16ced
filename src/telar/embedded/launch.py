"""Becomes one program of the platform: `python -m telar.embedded.launch programs.json NAME`.

The supervisor's own file cannot hold every path and value (it interpolates `%`, and `;` begins a comment), so it names
only this module; commands and environments lie in a JSON file of mode 600.
"""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Replace this process by the program named on the command line."""
    table, name = sys.argv[1:]
    program = json.loads(Path(table).read_text(encoding="utf-8"))[name]
    command: list[str] = program["command"]
    os.execvpe(command[0], command, program["environment"])


if __name__ == "__main__":
    main()
