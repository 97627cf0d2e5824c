"""One request of ours beside a plain requests.post, to one server, in one process."""

import statistics
import sys
import time

import requests
from figures import tell

from deepbrain_desktop.studios.client import StudiosClient
from deepbrain_desktop.studios.credentials import Credentials, Secret
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import DEFAULT, SANDBOX_USER_KEY

ROUNDS = 400

with Sandbox() as sandbox:
    url = sandbox.server.token_url
    body = {"appId": DEFAULT.app_id, "userKey": SANDBOX_USER_KEY}
    credentials = Credentials(DEFAULT.app_id, Secret(SANDBOX_USER_KEY), sandbox.server)
    client = StudiosClient()
    ours, plain = [], []
    for _ in range(ROUNDS + 20):
        began = time.perf_counter()
        client.request_token(credentials)
        middle = time.perf_counter()
        answer = requests.post(url, json=body, timeout=20)
        if answer.json()["code"] != 1000:
            sys.exit("the plain request failed")
        ended = time.perf_counter()
        ours.append((middle - began) * 1000)
        plain.append((ended - middle) * 1000)
tell({"ours": statistics.median(ours[20:]), "plain": statistics.median(plain[20:])})
