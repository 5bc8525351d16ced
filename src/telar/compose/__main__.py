"""`python -m telar.compose`: the commands behind `make up`, `make down`, `make destroy` and `make env`."""

from telar.compose.commands import main

if __name__ == "__main__":
    main()
