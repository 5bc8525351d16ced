"""`python -m telar.cli`: the same as `telar`."""

from telar.cli.main import app

if __name__ == "__main__":
    app(prog_name="telar")
