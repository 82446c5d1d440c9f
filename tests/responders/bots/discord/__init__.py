"""Tests of ``responders.bots.discord.hearing``."""
