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
import responders.page.publish
import responders.voice.ledger.settling
import responders.voice.respond
import tests.faults.life
import tests.faults.person
from classifiers.relevance import KindJudge
from config import plugins
from responders.page import render
from responders.voice.words.packing import built_in
from responders.workspace import plugin_sections
from tests import statements
from tests.faults.seasoning import season
from tests.places.tiny_embedder import TinyEmbedder

LOADED = (
    aiohttp, discord, psycopg, sklearn.feature_extraction.text, listener.crawl,
    responders.delivery.outbox, responders.oncall.alert, responders.page.publish,
    responders.voice.ledger.settling, responders.voice.respond,
    tests.faults.life, tests.faults.person,
)  # fmt: skip

statements.share()
configure_mappers()
plugin_sections()
for room in ("listener.sources", "responders.delivery.channels"):
    for name in plugins.names(room):
        plugins.load(room, name)
KindJudge(TinyEmbedder())
for made in (render._environment(), *(pack.environment for pack in built_in().by_code.values())):
    for template in made.list_templates(extensions=["html", "j2"]):
        made.get_template(template)
render.assets()
render.edition()
season()
# What is here stays: looking through it for garbage would copy it into every life.
gc.freeze()
gc.disable()
