"""What the fork server loads before the first life: all that a life would else load by itself."""

import gc

import aiohttp
import discord
import psycopg
import sklearn.feature_extraction.text
from sqlalchemy.orm import configure_mappers

import listener.crawl
import responders.delivery.outbox
import responders.oncall.alert
import responders.voice.respond
import tests.faults.life
from classifiers.relevance import KindJudge
from config import plugins
from responders.workspace import plugin_sections
from tests.places.tiny_embedder import TinyEmbedder

LOADED = (
    aiohttp, discord, psycopg, sklearn.feature_extraction.text, listener.crawl,
    responders.delivery.outbox, responders.oncall.alert, responders.voice.respond,
    tests.faults.life,
)  # fmt: skip

configure_mappers()
plugin_sections()
for name in plugins.names("listener.sources"):
    plugins.load("listener.sources", name)
KindJudge(TinyEmbedder())
# What is here stays: looking through it for garbage would copy it into every life.
gc.freeze()
gc.disable()
