"""Projects: documents that are kept, with every state that was saved."""
