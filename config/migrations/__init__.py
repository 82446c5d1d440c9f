"""The store's history: Alembic's env and one file a change. Imports no table of the app."""
