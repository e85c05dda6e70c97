"""Run the command line as ``python -m ytterby``."""

from ytterby.cli import main

if __name__ == "__main__":
    main()
