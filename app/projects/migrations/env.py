"""What Alembic runs to bring a database to the newest form. It is called by `app.projects.store` and by nobody else.

Alembic loads this file by its path, so it imports nothing of ours: connection and tables come with the call.
"""

from alembic import context

given = context.config.attributes
# Batches: SQLite changes a column by making its table anew.
context.configure(connection=given["connection"], target_metadata=given["metadata"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
