#!/bin/sh
# Prints a Python from 3.11 to 3.13: $PYTHON where it is set, else the one installed with, else the newest of the usual names.
# With `newer` as its word also one after 3.13, which will do for what needs no package.
names="python3.13 python3.12 python3.11 python3"
if [ "${1:-}" = newer ]; then
    newest=99 range="3.11 or later" goal=up
else
    newest=13 range="3.11 to 3.13" goal=demo
fi
works() { "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $newest))" >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    works "$PYTHON" && { command -v "$PYTHON"; exit 0; }
    found=$("$PYTHON" --version 2>&1 | head -n 1)
    echo "PYTHON=$PYTHON is ${found:-no program}: Telar needs Python $range;" \
        "name one of those, for instance: make $goal PYTHON=python3.12" >&2
    exit 1
fi
if [ -f .telar/venv/telar-stamp ] && works .telar/venv/bin/python; then
    echo .telar/venv/bin/python
    exit 0
fi
for name in $names; do
    works "$name" && { command -v "$name"; exit 0; }
done
echo "no Python $range found ($(python3 --version 2>&1 | head -n 1 || true)): install one" \
    "(Debian: apt install python3 python3-venv), or name one: make $goal PYTHON=/path/to/python3.12" >&2
exit 1
