"""`python -m pkm` is the command line."""

from pkm.cli.app import main

if __name__ == "__main__":
    main()
