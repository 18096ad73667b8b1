"""The same reallocation by numpy: a search for the price at which 50,000 mean curves ask for just the money there is.

python reallocation.py FOLDER    (needs numpy; FOLDER was written by `reallocation`)
"""
import json
import pathlib
import sys
import time

import numpy as np

DRAWS, MOST = 500, 60_000.0
MASK = (1 << 64) - 1


def share(place, salt):
    x = (place * 0x9E3779B97F4A7C15 & MASK) ^ (salt * 0xD1B54A32D192ED03 & MASK)
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return ((x ^ (x >> 31)) >> 11) / (1 << 53)


folder = pathlib.Path(sys.argv[1])
ceilings = np.fromfile(folder / "ceilings.f64").reshape(-1, DRAWS)
reaches = np.fromfile(folder / "reaches.f64")
moved = np.array([0.5 + share(draw, 5) for draw in range(DRAWS)])
money = 0.3 * MOST * len(reaches)

started = time.process_time()
reach = reaches[:, None] * moved[None, :]
weight = ceilings / reach


def slopes(x):
    return np.einsum("ij,ij->i", weight, np.exp(-x[:, None] / reach)) / DRAWS


def asked(price):
    low, high = np.zeros(len(reaches)), np.full(len(reaches), MOST)
    for _ in range(30):
        middle = (low + high) / 2
        more = slopes(middle) > price
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return (low + high) / 2


low, high = 0.0, 20.0
for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 30):
    price = (low + high) / 2
    amounts = asked(price)
    low, high = (price, high) if amounts.sum() > money else (low, price)
value = np.einsum("ij,ij->i", ceilings, 1 - np.exp(-amounts[:, None] / reach)).sum() / DRAWS
seconds = time.process_time() - started
print(json.dumps({"cells": len(reaches), "draws": DRAWS, "value": value, "price": price, "cpu_seconds": round(seconds, 1)}))
