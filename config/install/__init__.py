"""Makes ``.venv`` what the lock files say; standard library only, for it runs before all else."""
