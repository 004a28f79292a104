"""The routes, a file for each kind of thing; none imports another."""
