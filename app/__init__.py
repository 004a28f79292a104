"""The service: checks, drawings and training over HTTP, and the pages around them."""
