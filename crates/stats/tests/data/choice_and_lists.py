"""Numbers that other programs give for the choice, hidden-count and queue tests.

Run with Python 3.11, scipy (HiGHS inside), statsmodels; prints what stands in tests/it/published.
"""
import math
import numpy as np
import scipy
from scipy.optimize import milp, LinearConstraint, Bounds
import statsmodels.api as sm
import statsmodels
from itertools import combinations


def table(groups, options, seed):
    """The same table as in the test: a linear congruential generator, costs and values in whole units."""
    state = seed
    def draw(n):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state >> 8) % n
    cost, value = [], []
    for _ in range(groups):
        c = [0]; v = [0]
        for _ in range(options - 1):
            c.append(10 + draw(490)); v.append(5 + draw(995))
        cost.append(c); value.append(v)
    return cost, value


def optimum(cost, value, budget):
    g, k = len(cost), len(cost[0])
    c = np.array(cost, float).ravel(); v = np.array(value, float).ravel()
    rows = np.zeros((g + 1, g * k)); rows[0] = c
    for i in range(g):
        rows[i + 1, i * k:(i + 1) * k] = 1
    low = np.r_[-np.inf, np.ones(g)]; high = np.r_[budget, np.ones(g)]
    r = milp(-v, constraints=LinearConstraint(rows, low, high), integrality=np.ones(g * k),
             bounds=Bounds(0, 1), options={"mip_rel_gap": 0.0, "time_limit": 60})
    return r.status, -r.fun


def lists():
    # Hepatitis A in a college in Taiwan: P, Q, E lists, Chao et al. 2001, table II.
    counts = {"111": 28, "110": 21, "101": 17, "100": 69, "011": 18, "010": 55, "001": 63}
    keys = sorted(counts); y = np.array([counts[k] for k in keys], float)
    for size in range(4):
        for pairs in combinations([(0, 1), (0, 2), (1, 2)], size):
            x = [[1] + [int(b) for b in k] + [int(k[a]) * int(k[b]) for a, b in pairs] for k in keys]
            f = sm.GLM(y, np.array(x, float), family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)
            print(pairs, "total", 271 + math.exp(f.params[0]), "se(b0)", f.bse[0], "deviance", f.deviance, "llf", f.llf)


if __name__ == "__main__":
    print("scipy", scipy.__version__, "statsmodels", statsmodels.__version__)
    for groups, options, seed, share in [(60, 5, 1, 0.3), (120, 5, 2, 0.5), (40, 8, 3, 0.15)]:
        cost, value = table(groups, options, seed)
        budget = math.floor(share * sum(max(c) for c in cost))
        print(groups, options, seed, budget, optimum(cost, value, budget))
    lists()
