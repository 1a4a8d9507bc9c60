"""Files measured anew from their bytes, whoever made them."""
