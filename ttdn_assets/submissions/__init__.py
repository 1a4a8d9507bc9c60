"""What is sent: posts fitted to their slots, the reviewer's page, the manifest and the bag around them."""
