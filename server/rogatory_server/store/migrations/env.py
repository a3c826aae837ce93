"""Alembic's entry: run the migrations on the connection ``upgrade`` handed over."""

from alembic import context

from rogatory_server.store import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
context.run_migrations()
