"""A report as text, JSON, SARIF or lines for a code host. Each format is a file."""
