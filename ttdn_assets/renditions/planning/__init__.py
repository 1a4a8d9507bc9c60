"""Which files are made of an original: shared between placements where sharing lowers none."""
