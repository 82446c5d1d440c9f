"""From rows to what the templates print: one module a page; no rule of its own, no query."""
