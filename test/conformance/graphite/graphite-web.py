"""A real graphite-web over whisper files made from data of our making.

Takes one line of JSON on standard input, {"series": [{"name", "start", "step", "values"}], "now": seconds}, with an empty folder as the
argument, and serves on a loopback port, which it prints as a line.
"""
import json
import os
import sys

folder = sys.argv[1]
whisper_dir = os.path.join(folder, 'whisper')
os.makedirs(whisper_dir)
os.makedirs(os.path.join(folder, 'log'))
with open(os.path.join(folder, 'peer_settings.py'), 'w') as out:
    out.write('from graphite.settings import *\n')
os.environ['GRAPHITE_SETTINGS_MODULE'] = 'peer_local_settings'
with open(os.path.join(folder, 'peer_local_settings.py'), 'w') as out:
    out.write(
        "GRAPHITE_ROOT = '/usr/share/graphite-web'\n"
        "SECRET_KEY = 'only for tests'\nTIME_ZONE = 'UTC'\nDEBUG = True\nALLOWED_HOSTS = ['*']\nDEFAULT_CACHE_DURATION = 0\nTAGDB_CACHE_DURATION = 0\n"
        "FIND_CACHE_DURATION = 0\nCARBONLINK_HOSTS = []\nLOG_ROTATION = False\nMEMCACHE_HOSTS = []\n"
        'CONF_DIR = STORAGE_DIR = LOG_DIR = INDEX_FILE = %r\nWHISPER_DIR = %r\nSTANDARD_DIRS = [%r]\nSTATIC_ROOT = %r\n'
        "DATABASES = {'default': {'NAME': %r, 'ENGINE': 'django.db.backends.sqlite3'}}\n"
        % (folder, whisper_dir, whisper_dir, folder, os.path.join(folder, 'graphite.db'))
    )
os.environ['DJANGO_SETTINGS_MODULE'] = 'graphite.settings'
sys.path.insert(0, folder)

import inspect

# Python 3.11 has these no more, and graphite-web's list of functions is made with them.
inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]
inspect.formatargspec = lambda *_: '()'

import django
import whisper

asked = json.loads(sys.stdin.readline())
from graphite.tags.utils import TaggedSeries

django.setup()
from django.core.management import call_command

call_command('migrate', run_syncdb=True, verbosity=0)
from graphite.storage import STORE

for series in asked['series']:
    path = os.path.join(whisper_dir, TaggedSeries.encode(series['name'], sep='/', hash_only=True) + '.wsp')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    whisper.create(path, [(series['step'], asked['retention'] // series['step'])], xFilesFactor=0.0)
    points = [(series['start'] + i * series['step'], value) for i, value in enumerate(series['values']) if value is not None]
    whisper.update_many(path, points, now=asked['now'])
    if ';' in series['name']:
        STORE.tagdb.tag_series(series['name'])

from wsgiref.simple_server import WSGIRequestHandler, make_server
from django.core.wsgi import get_wsgi_application


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server('127.0.0.1', 0, get_wsgi_application(), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
