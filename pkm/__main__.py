"""`python -m pkm` is the command line."""

from pkm.cli.app import run

if __name__ == "__main__":
    run()
