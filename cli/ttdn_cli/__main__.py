"""``python -m ttdn_cli``, where the scripts folder is not on the PATH."""

from ttdn_cli import main

main()
