"""Figures for BG/NBD, MBG/NBD and Pareto/NBD with covariates that tests/it/published compares with.

The likelihoods are written out from the textbook forms (Pareto/NBD with its 2F1), maximized by BFGS and polished by Nelder-Mead.
CDNOW; columns: late = 1 if the first purchase came with less than 33 weeks left, third = 1 for every third customer.
Run: python purchases_with_covariates.py FOLDER. numpy 2.4.6, scipy 1.17.1.
"""
import sys
import numpy as np, pandas as pd, scipy.special as sp, scipy.optimize as so
np.set_printoptions(precision=12, linewidth=200)
d = pd.read_csv(f"{sys.argv[1]}/cdnow/cdnow_summary.csv")
x, tx, T = (d[c].to_numpy(float) for c in ["frequency", "recency", "T"])
late, third = (T < 33).astype(float), (np.arange(len(x)) % 3 == 0).astype(float)

def bg(th, early):
    r, al, a, b = np.exp(th[0]), np.exp(th[1] - th[4] * late - th[5] * third), np.exp(th[2] + th[6] * late), np.exp(th[3])
    k = x + early
    one = sp.betaln(a, b + k) - sp.betaln(a, b) - (r + x) * np.log(al + T)
    two = np.where(k > 0, sp.betaln(a + 1, b + np.maximum(k, 1) - 1) - sp.betaln(a, b) - (r + x) * np.log(al + tx), -np.inf)
    return -(sp.gammaln(r + x) - sp.gammaln(r) + r * np.log(al) + np.logaddexp(one, two)).sum()

def pareto(th):
    r, al, s, be = np.exp(th[0]), np.exp(th[1] - th[4] * late - th[5] * third), np.exp(th[2]), np.exp(th[3] - th[6] * late)
    big, c = np.maximum(al, be), np.where(al >= be, s + 1, r + x)
    z = lambda t: sp.hyp2f1(r + s + x, c, r + s + x + 1, np.abs(al - be) / (big + t)) * (big + t) ** -(r + s + x)
    return -(sp.gammaln(r + x) - sp.gammaln(r) + r * np.log(al) + s * np.log(be)
             + np.log((al + T) ** -(r + x) * (be + T) ** -s + s / (r + s + x) * (z(tx) - z(T)))).sum()

def hess(f, p, h=2e-4):
    k = len(p); H = np.zeros((k, k)); E = np.eye(k) * h
    for i in range(k):
        for j in range(i, k):
            H[i, j] = H[j, i] = (f(p + E[i] + E[j]) - f(p + E[i] - E[j]) - f(p - E[i] + E[j]) + f(p - E[i] - E[j])) / 4 / h / h
    return H

for name, f, start in [("bg", lambda t: bg(t, 0), [.2426, 4.41, .793, 2.43]), ("mbg", lambda t: bg(t, 1), [.525, 6.18, .891, 1.61]),
                       ("pareto", pareto, [.553, 10.58, .606, 11.67])]:
    p = np.concatenate([np.log(start), [0, 0, 0]])
    for _ in range(3):
        p = so.minimize(f, p, method="BFGS", options={"gtol": 1e-6}).x
    H = hess(f, p)
    for _ in range(3):  # Newton with differences of the value.
        g = np.array([(f(p + e) - f(p - e)) / 2e-5 for e in np.eye(7) * 1e-5])
        p = p - np.linalg.solve(H, g)
    print(name, "base", np.exp(p[:4]), "gamma", p[4:6], "delta", p[6:], "ll", -f(p)); print(name, "se of gamma, delta", np.sqrt(np.diag(np.linalg.inv(H)))[4:])
