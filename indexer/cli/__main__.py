"""`python -m indexer.cli`, the same as `abzats`."""

from indexer.cli import main

if __name__ == "__main__":
    main()
