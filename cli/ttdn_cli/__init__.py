"""The command line: verbs that call the library and nothing else."""
