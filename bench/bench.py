#!/usr/bin/env python3
"""What do our fits cost beside those of others, on the same columns in the same run?

python3 bench/bench.py [--sizes 10000,100000,1000000] [--only WORKLOAD,...] [--huge] [--no-packages] [--limit SECONDS]

Builds `odla-bench` (release), makes a virtual environment with the others, writes fixed seeded columns, fits everything
one after another in processes of their own, and prints a table. See README.md.
"""

import argparse
import json
import math
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PEERS = [
    "numpy", "scipy", "pandas<3", "lifetimes==0.11.3", "lifelines==0.30.3", "scikit-survival", "statsmodels",
    "plspm==0.5.7", "highspy", "econml",
]
# Workload: (rivals by size limit, sizes of its own or none).
NUMPY_EVERYWHERE = {"numpy": math.inf}
WORKLOADS = {
    "bg-nbd": NUMPY_EVERYWHERE | {"lifetimes": math.inf},
    "bg-nbd-days": NUMPY_EVERYWHERE,
    "pareto-nbd-days": NUMPY_EVERYWHERE,
    "pareto-nbd": NUMPY_EVERYWHERE | {"lifetimes": 10_000},
    "gamma-gamma": NUMPY_EVERYWHERE | {"lifetimes": math.inf},
    "cox": {"lifelines": math.inf, "r-survival": math.inf, "scikit-survival": 100_000},
    "cox-exact": {"r-survival": math.inf, "lifelines": 10_000},
    "kaplan-meier": NUMPY_EVERYWHERE | {"lifelines": math.inf, "statsmodels": math.inf, "r-survival": math.inf},
    "lmg-10": NUMPY_EVERYWHERE,
    "lmg-15": NUMPY_EVERYWHERE,
    "lmg-25": {},
    "pls": NUMPY_EVERYWHERE | {"plspm": 250},
    "aipw": NUMPY_EVERYWHERE | {"econml": 100_000},
    "knapsack": NUMPY_EVERYWHERE | {"highs": 10_000},
}
OWN_SIZES = {"pls": [250, 10_000, 100_000], "lmg-25": [10_000], "knapsack": [10_000, 100_000]}
# CPU seconds above which one run is enough.
LONG = 3
HUGE = ["bg-nbd", "gamma-gamma", "cox", "lmg-10"]
# How many times less processor time than the rival is aimed at, at the largest size both did.
AIMS = {
    ("bg-nbd", "numpy"): 10, ("pareto-nbd", "numpy"): 10, ("bg-nbd-days", "numpy"): 10, ("pareto-nbd-days", "numpy"): 10,
    ("gamma-gamma", "numpy"): 10, ("cox", "lifelines"): 5, ("cox-exact", "r-survival"): 10,
    ("lmg-15", "numpy"): 5, ("pls", "numpy"): 5, ("aipw", "numpy"): 5, ("knapsack", "numpy"): 3,
}


def run(command, limit):
    """The JSON line that a process prints, or in words that it failed or took too much processor time."""
    seconds = int(limit)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        # One thread each: threads that wait for each other would count as work.
        env=os.environ | {
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1",
        },
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )
    if done.returncode == -signal.SIGKILL or done.returncode == -signal.SIGXCPU:
        return f"> {seconds} s"
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
        return "failed"
    return json.loads(done.stdout.strip().splitlines()[-1])


def alternate(commands, rounds, limit):
    """Everyone in turn, several times; of each the run that took least, since other work on the machine only adds."""
    best = {}
    for _ in range(rounds):
        for name, command in commands.items():
            before = best.get(name)
            if isinstance(before, str) or (before and before["cpu_seconds"] > LONG):
                continue
            cost = run(command, limit)
            if before is None or isinstance(cost, str) or cost["cpu_seconds"] < before["cpu_seconds"]:
                best[name] = cost
    return best


def prepare(folder):
    venv = pathlib.Path(os.environ.get("ODLA_BENCH_VENV", folder / "venv"))
    python = venv / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    if program := os.environ.get("ODLA_BENCH_PROGRAM"):
        return python, pathlib.Path(program)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=HERE, check=True)
    return python, target / "release/odla-bench"


def has_r_survival():
    """R's survival where R has it; installed by Debian's apt when the script runs as its root."""
    there = ["Rscript", "-e", "library(survival)"]
    if shutil.which("Rscript") and subprocess.run(there, capture_output=True).returncode == 0:
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    packages = ["r-base-core", "r-cran-survival"]
    done = subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages], capture_output=True)
    return done.returncode == 0


def gap(ours, theirs):
    """Largest relative difference between two lists of results."""
    pairs = list(zip(ours, theirs))
    if not pairs or len(ours) != len(theirs):
        return float("nan")
    scale = max(max(abs(a) for a, _ in pairs), 1e-300)
    return max(abs(a - b) / max(abs(b), 1e-3 * scale) for a, b in pairs)


def agreement(ours, theirs):
    text = f"{gap(ours['parameters'], theirs['parameters']):.1e}"
    if "log_likelihood" in ours and "log_likelihood" in theirs:
        text += f", lnL {ours['log_likelihood'] - theirs['log_likelihood']:+.1e}"
    if "gap" in ours:
        text += f", ours proved within {ours['gap']:.0e}"
    if "standard_errors" in ours and "standard_errors" in theirs:
        text += f", se {gap(ours['standard_errors'], theirs['standard_errors']):.1e}"
    return text


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def show(workload, size, name, cost, ours):
    if isinstance(cost, str):
        row([workload, f"{size:,}", name, cost, "", "", "", "", ""])
        return None
    ratio, agrees, passes, verdict = "", "", "", ""
    if ours is None:
        passes = f"{cost['cpu_seconds'] / max(cost['pass_seconds'], 1e-9):,.0f}"
    else:
        times = cost["cpu_seconds"] / max(ours["cpu_seconds"], 1e-9)
        ratio = f"{times:.1f}"
        agrees = agreement(ours["results"], cost["results"])
        aim = AIMS.get((workload, name))
        if aim:
            verdict = f"{'met' if times >= aim else 'missed'} ({aim})"
    row([
        workload, f"{size:,}", name, f"{cost['cpu_seconds']:.4f}", f"{cost['peak_mib']:.0f}", ratio, verdict, passes, agrees,
    ])
    return cost


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", default="10000,100000,1000000")
    options.add_argument("--only", default=",".join(WORKLOADS))
    options.add_argument("--huge", action="store_true", help="ours alone on 10 million rows too")
    options.add_argument("--no-packages", action="store_true", help="numpy alone beside ours")
    options.add_argument("--rounds", type=int, default=3, help="how often everyone is run, in turn; the least counts")
    options.add_argument("--limit", type=float, default=300, help="CPU seconds after which a process is ended")
    options.add_argument("--folder", default=str(HERE / "target/bench"))
    given = options.parse_args()
    folder = pathlib.Path(given.folder)
    folder.mkdir(parents=True, exist_ok=True)
    python, program = prepare(folder)
    r_survival = not given.no_packages and has_r_survival()
    row(["workload", "rows", "who", "CPU s", "peak MiB", "times ours", "aim", "passes", "agreement"])
    row(["---", "---:", "---", "---:", "---:", "---:", "---", "---:", "---"])
    growth = []
    for workload in given.only.split(","):
        sizes = OWN_SIZES.get(workload) or [int(size) for size in given.sizes.split(",")]
        sizes += [10_000_000] if given.huge and workload in HUGE else []
        fits = []
        for size in sizes:
            data = subprocess.run(
                [python, "-c", f"import generate; print(generate.columns('{workload}', {size}, r'{folder / 'data'}'))"],
                cwd=HERE, capture_output=True, text=True, check=True,
            ).stdout.strip()
            word = workload.removesuffix("-days").removesuffix("-exact")
            word = "lmg" if word.startswith("lmg") else word
            commands = {"odla": [program, word, data]}
            for rival, most in WORKLOADS[workload].items():
                if size > min(most, 1_000_000) or (given.no_packages and rival != "numpy"):
                    continue
                if rival == "r-survival":
                    if r_survival:
                        commands[rival] = ["Rscript", HERE / "rivals.R", word, data]
                else:
                    commands[rival] = [python, HERE / "rivals.py", rival, word, data]
            costs = alternate(commands, given.rounds, given.limit)
            ours = show(workload, size, "odla", costs.pop("odla"), None)
            if ours is None:
                continue
            fits.append((size, ours["cpu_seconds"]))
            for rival, cost in costs.items():
                show(workload, size, rival, cost, ours)
        if len(fits) > 1:
            (n, a), (m, b) = fits[-2:]
            growth.append(f"{workload} {math.log(b / a) / math.log(m / n):.2f} (to {m:,})")
    print("\nGrowth of ours, CPU seconds ~ rows^x between the two largest sizes: " + "; ".join(growth))


if __name__ == "__main__":
    main()
