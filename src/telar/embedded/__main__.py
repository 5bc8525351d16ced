"""`python -m telar.embedded`: the commands of the embedded platform, without the rest of the CLI's imports."""

from telar.embedded.commands import main

if __name__ == "__main__":
    main()
