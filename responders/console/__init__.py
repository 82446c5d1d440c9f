"""The web app: console, page and health. A thin face; no rule of its own."""
