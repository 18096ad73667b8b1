"""Makes synthetic.csv and synthetic_expected.csv: convex weights by scipy's SLSQP, ridge weights by numpy.

Run: python synthetic_reference.py   (pip install numpy scipy pandas)
"""
import numpy as np, pandas as pd
from scipy.optimize import minimize

rng = np.random.default_rng(7)
periods, before, donors = 24, 16, 12
f = np.cumsum(rng.normal(size=(periods, 2)), axis=0)
load = rng.uniform(size=(donors + 1, 2))
load[0] = 0.4 * load[1] + 0.35 * load[4] + 0.25 * load[7]
y = 10 + load @ f.T + 0.2 * rng.normal(size=(donors + 1, periods))
y[0, before:] += 1.5
y = y.round(6)
pd.DataFrame(y).to_csv("synthetic.csv", index=False, header=False)
def weights(t, d):
    k = len(d)
    best = minimize(lambda w: np.sum((t[:before] - w @ d[:, :before]) ** 2), np.full(k, 1 / k), jac=lambda w: -2 * d[:, :before] @ (t[:before] - w @ d[:, :before]),
                    bounds=[(0, 1)] * k, constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(k)}], method="SLSQP",
                    options={"ftol": 1e-15, "maxiter": 5000})
    return best.x
out = []
w = weights(y[0], y[1:])
for j, v in enumerate(w):
    out.append((f"weight {j}", v))
gap = y[0] - w @ y[1:]
rms = lambda v: np.sqrt(np.mean(v ** 2))
out.append(("effect", gap[before:].mean())); out.append(("rmspe before", rms(gap[:before])))
ratio = rms(gap[before:]) / rms(gap[:before])
out.append(("ratio", ratio))
for j in range(donors):
    others = np.delete(y[1:], j, axis=0)
    v = weights(y[1 + j], others)
    g = y[1 + j] - v @ others
    out.append((f"placebo {j}", rms(g[before:]) / rms(g[:before])))
pd.DataFrame(out, columns=["what", "value"]).to_csv("synthetic_expected.csv", index=False)
print(open("synthetic_expected.csv").read())
