"""Which invented columns are fitted? The same seed gives the same numbers.

Every generator writes a folder of NAME.f64 files (little-endian numbers), which ours and the others both read.
"""

import pathlib

import numpy as np

SEED = 20260630


def write(folder, columns):
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in columns.items():
        np.asarray(values, dtype="<f8").tofile(folder / f"{name}.f64")


def purchases(rows, rng, pareto, whole_days=False):
    """Customers of CDNOW's parameters, born in the first 12 of 39 weeks, times in weeks (of whole days if asked)."""
    if pareto:
        r, alpha, s, beta = 0.553, 10.578, 0.606, 11.669
    else:
        r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    end = 39 - rng.uniform(0, 12, rows)
    if whole_days:
        end = np.ceil(end * 7) / 7
    rate = rng.gamma(r, 1 / alpha, rows)
    if pareto:
        alive_until = rng.exponential(1.0, rows) / rng.gamma(s, 1 / beta, rows)
    else:
        leave = rng.beta(a, b, rows)
    x = np.zeros(rows)
    t_x = np.zeros(rows)
    now = np.zeros(rows)
    active = np.arange(rows)
    while active.size:
        now[active] += rng.exponential(1.0, active.size) / np.maximum(rate[active], 1e-300)
        limit = np.minimum(end[active], alive_until[active]) if pareto else end[active]
        active = active[now[active] <= limit]
        x[active] += 1
        t_x[active] = now[active]
        if not pareto:
            active = active[rng.random(active.size) >= leave[active]]
    if whole_days:
        t_x = np.minimum(np.ceil(t_x * 7) / 7, end)
    return {"x": x, "t_x": t_x, "T": end}


def spend(rows, rng):
    x = rng.geometric(0.35, rows).astype(float)
    nu = rng.gamma(3.74, 1 / 15.44, rows)
    mean = rng.gamma(6.25 * x) / (x * nu)
    return {"x": x, "mean": np.maximum(np.round(mean, 2), 0.01)}


def hazards(rows, rng, exact=False):
    """Ten columns; times in whole days up to two years, so that almost all are tied (or exact, and none is)."""
    x = rng.standard_normal((rows, 10))
    beta = np.array([0.5, -0.4, 0.3, -0.2, 0.1, 0.0, 0.0, 0.25, -0.25, 0.15])
    time = rng.exponential(1.0, rows) / (0.002 * np.exp(x @ beta))
    end = rng.uniform(30, 730, rows)
    columns = {f"x{j}": x[:, j] for j in range(10)}
    columns["time"] = np.minimum(time, end) if exact else np.ceil(np.minimum(time, end))
    columns["event"] = (time <= end).astype(float)
    return columns


def drivers(rows, rng, count):
    mood = rng.standard_normal(rows)
    columns = {}
    y = rng.standard_normal(rows) * 2
    for j in range(count):
        columns[f"x{j}"] = 0.7 * mood + rng.standard_normal(rows)
        y += (1 + j % 4) / count * columns[f"x{j}"]
    columns["y"] = y
    return columns


def survey(rows, rng):
    """Answers 1-10 to 24 questions about 7 constructs that follow each other like those of the ECSI."""
    sizes = [5, 3, 7, 2, 3, 1, 3]
    before = [[], [0], [1], [1, 2], [0, 1, 2, 3], [4], [0, 4, 5]]
    latent = []
    columns = {}
    for size, causes in zip(sizes, before):
        level = rng.standard_normal(rows)
        if causes:
            level = 0.8 * level + sum(latent[c] for c in causes) * 0.7 / len(causes) ** 0.5
            level /= level.std()
        latent.append(level)
        for _ in range(size):
            answer = 7 + 1.6 * (0.8 * level + 0.6 * rng.standard_normal(rows))
            columns[f"x{len(columns)}"] = np.clip(np.round(answer), 1, 10)
    return columns


def observational(rows, rng):
    x = rng.standard_normal((rows, 10))
    chance = 1 / (1 + np.exp(-(0.4 * x[:, 0] - 0.3 * x[:, 1] + 0.2 * x[:, 2])))
    d = rng.random(rows) < chance
    y = x @ np.linspace(1, 0.1, 10) + 0.5 * d + rng.standard_normal(rows)
    columns = {f"x{j}": x[:, j] for j in range(10)}
    columns |= {"y": y, "d": d.astype(float)}
    return columns


def options(rows, rng):
    """Five actions per customer, doing nothing among them; the dearer ones do more, with falling returns."""
    cost = np.cumsum(rng.uniform(5, 60, (rows, 4)), axis=1)
    gain = np.cumsum(rng.gamma(1.5, 40, (rows, 4)) * np.array([1.0, 0.7, 0.5, 0.35]), axis=1)
    gain *= rng.uniform(0.2, 1.8, (rows, 1))
    columns = {f"cost{j}": cost[:, j] for j in range(4)}
    columns |= {f"gain{j}": gain[:, j] for j in range(4)}
    columns["budget"] = [0.3 * cost[:, 1].sum()]
    return columns


MADE = {
    "bg-nbd": lambda n, rng: purchases(n, rng, False),
    "bg-nbd-days": lambda n, rng: purchases(n, rng, False, True),
    "pareto-nbd-days": lambda n, rng: purchases(n, rng, True, True),
    "pareto-nbd": lambda n, rng: purchases(n, rng, True),
    "gamma-gamma": spend,
    "cox": hazards,
    "cox-exact": lambda n, rng: hazards(n, rng, True),
    "kaplan-meier": hazards,
    "lmg-10": lambda n, rng: drivers(n, rng, 10),
    "lmg-15": lambda n, rng: drivers(n, rng, 15),
    "lmg-25": lambda n, rng: drivers(n, rng, 25),
    "pls": survey,
    "aipw": observational,
    "knapsack": options,
}


def columns(workload, rows, data):
    """The folder with the workload's columns, written when it is not there."""
    kind = "cox" if workload == "kaplan-meier" else workload
    folder = pathlib.Path(data) / f"{kind}-{rows}"
    if not (folder / "done").exists():
        rng = np.random.default_rng([SEED, rows, sorted(MADE).index(kind)])
        write(folder, MADE[kind](rows, rng))
        (folder / "done").write_text("")
    return folder
