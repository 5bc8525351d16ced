"""`python -m telar.compose`: the commands behind `make up`, `down`, `destroy`, `env` and `preflight`."""

from telar.compose.commands import main

if __name__ == "__main__":
    main()
