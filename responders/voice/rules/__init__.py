"""The rules of what we say in public, by theme: pure functions over a text and its facts."""
