"""``python -m portcullis.cli``: the command, where it is not installed under its name."""

from portcullis.cli import main

main()
