"""One module per outside thing: the only importer of it, mapping its errors once."""
