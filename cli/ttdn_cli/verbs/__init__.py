"""One module a verb, each with its ``command``."""
