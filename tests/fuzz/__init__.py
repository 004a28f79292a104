"""Made-up files, and all that is done with one: nothing may raise, hang or take memory without end."""
