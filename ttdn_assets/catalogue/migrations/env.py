"""Alembic runs this file; the connection comes from ``catalogue.migrate``."""

from alembic import context

from ttdn_assets.catalogue.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
