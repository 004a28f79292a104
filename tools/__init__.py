"""What `make` runs: installing from the lock, building the editor, serving. Standard library only."""
