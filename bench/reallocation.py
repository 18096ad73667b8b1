"""The same reallocation by numpy, in one run beside ours: a price at which 50,000 mean curves ask for just the money there is.

python reallocation.py PROGRAM FOLDER    (needs numpy and, if there, highspy; PROGRAM is the built `reallocation`, FOLDER takes half a gigabyte)

What a good engineer would write: curves and draws in blocks that stay in the cache, value and slope of a slope from one
exponential, Newton's steps on the logarithm of the slope from where the last price ended, and a secant for the price.
HiGHS is given one draw, every curve cut into 12 straight lines: 600,000 columns under one budget.
"""
import json
import os
import pathlib
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np  # noqa: E402

DRAWS, MOST, BLOCK, LINES = 500, 60_000.0, 256, 12
MASK = (1 << 64) - 1
EVEN = 1e-11


def share(place, salt):
    x = (place * 0x9E3779B97F4A7C15 & MASK) ^ (salt * 0xD1B54A32D192ED03 & MASK)
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return ((x ^ (x >> 31)) >> 11) / (1 << 53)


def blocks(size):
    return (slice(at, min(at + BLOCK, size)) for at in range(0, size, BLOCK))


def asked(price, start, ceilings, steepness):
    """Amounts whose mean slope is the price, within 0 and MOST, and how fast they fall with its logarithm."""
    amounts, falls = np.empty_like(start), np.zeros_like(start)
    for own in blocks(len(start)):
        x, rate, ceiling = start[own].copy(), steepness[own], ceilings[own]
        for _ in range(60):
            slopes = ceiling * rate * np.exp(-x[:, None] * rate)
            slope = slopes.mean(axis=1)
            bend = np.einsum("ij,ij->i", slopes, rate) / DRAWS
            step = np.log(slope / price) * slope / bend
            to = np.clip(x + step, 0.0, MOST)
            done = np.abs(to - x).max() <= 1e-9 * MOST
            x = to
            if done:
                break
        amounts[own] = x
        falls[own] = np.where((x > 0) & (x < MOST), slope / bend, 0.0)
    return amounts, falls


def plan(ceilings, reaches, moved, money):
    steepness = 1.0 / (reaches[:, None] * moved[None, :])
    amounts = np.full(len(reaches), money / len(reaches))
    price = float(np.mean(ceilings[:100] * steepness[:100] * np.exp(-amounts[:100, None] * steepness[:100])))
    for _ in range(60):
        amounts, falls = asked(price, amounts, ceilings, steepness)
        over = amounts.sum() - money
        if abs(over) <= EVEN * money:
            break
        price *= float(np.exp(over / falls.sum()))
    value = sum(
        float((ceilings[own] * -np.expm1(-amounts[own, None] * steepness[own])).sum()) / DRAWS for own in blocks(len(amounts))
    )
    return amounts, value, price


def highs(ceilings, reaches, moved, money):
    """The first draw as a linear program, each line a column from 0 to its length."""
    import highspy

    at = np.arange(LINES + 1) * MOST / LINES
    values = ceilings[:, :1] * -np.expm1(-at[None, :] / (reaches[:, None] * moved[0]))
    slopes = (np.diff(values, axis=1) / (MOST / LINES)).ravel()
    program, columns = highspy.HighsLp(), len(slopes)
    program.num_col_, program.num_row_ = columns, 1
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_, program.col_lower_, program.col_upper_ = slopes, np.zeros(columns), np.full(columns, MOST / LINES)
    program.row_lower_, program.row_upper_ = np.array([-highspy.kHighsInf]), np.array([money])
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.arange(columns + 1, dtype=np.int32)
    program.a_matrix_.index_, program.a_matrix_.value_ = np.zeros(columns, dtype=np.int32), np.ones(columns)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(program)
    started = time.process_time()
    solver.run()
    return time.process_time() - started, solver.getInfo().objective_function_value, solver.modelStatusToString(solver.getModelStatus())


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    told = subprocess.run([program, str(folder)], check=True, capture_output=True, text=True, env={**os.environ, "RAYON_NUM_THREADS": "1"})
    ours = json.loads(told.stdout)
    print(json.dumps({"who": "odla", **ours}))
    ceilings = np.fromfile(folder / "ceilings.f64").reshape(-1, DRAWS)
    reaches = np.fromfile(folder / "reaches.f64")
    moved = np.array([0.5 + share(draw, 5) for draw in range(DRAWS)])
    money = 0.3 * MOST * len(reaches)
    started, wall = time.process_time(), time.perf_counter()
    amounts, value, price = plan(ceilings, reaches, moved, money)
    seconds, wall = time.process_time() - started, time.perf_counter() - wall
    print(
        json.dumps(
            {
                "who": "numpy",
                "cells": len(reaches),
                "draws": DRAWS,
                "cpu_seconds": round(seconds, 2),
                "wall_seconds": round(wall, 2),
                "value": value,
                "price": price,
                "money": float(amounts.sum()),
                "value_differs": abs(value - ours["value"]) / value,
                "price_differs": abs(price - ours["price"]) / price,
                "times_ours": round(seconds / ours["plan_cpu_seconds"], 2),
            }
        )
    )
    try:
        seconds, value, status = highs(ceilings, reaches, moved, money)
    except ImportError:
        return
    print(
        json.dumps(
            {
                "who": "highs",
                "draws": 1,
                "columns": len(reaches) * LINES,
                "status": status,
                "cpu_seconds": round(seconds, 2),
                "value": value,
                "value_differs": abs(value - ours["lines_value"]) / value,
                "times_ours": round(seconds / ours["lines_cpu_seconds"], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
