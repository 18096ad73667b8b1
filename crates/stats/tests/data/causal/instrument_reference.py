"""Makes instrument.csv and instrument_expected.csv with linearmodels 7.1 (two-stage least squares).

Run: python instrument_reference.py   (pip install linearmodels==7.1)
"""
import numpy as np, pandas as pd
from linearmodels.iv import IV2SLS

rng = np.random.default_rng(42)
n = 300
x, z1, z2, h = rng.normal(size=(4, n))
g = np.arange(n) // 6
s = rng.normal(size=n // 6)[g]
d = 0.4 * z1 + 0.3 * z2 + 0.5 * x + h + 0.3 * s + rng.normal(size=n) * (1 + 0.5 * np.abs(z1))
y = 0.8 * d - 0.6 * x + 1.2 * h + 0.5 * s + rng.normal(size=n)
data = pd.DataFrame({"y": y, "d": d, "x": x, "z1": z1, "z2": z2, "g": g}).round(6)
data.to_csv("instrument.csv", index=False)
exog = pd.DataFrame({"const": 1.0, "x": data.x})
out = []
fit = IV2SLS(data.y, exog, data.d, data[["z1", "z2"]]).fit(cov_type="robust", debiased=True)
out.append(("robust", fit.params["d"], fit.std_errors["d"]))
fit = IV2SLS(data.y, exog, data.d, data[["z1", "z2"]]).fit(cov_type="clustered", clusters=data.g, debiased=True)
out.append(("clustered", fit.params["d"], fit.std_errors["d"]))
ols = IV2SLS(data.y, pd.concat([exog, data.d], axis=1), None, None).fit(cov_type="robust", debiased=True)
out.append(("naive", ols.params["d"], ols.std_errors["d"]))
first = IV2SLS(data.d, pd.concat([exog, data[["z1", "z2"]]], axis=1), None, None).fit(cov_type="robust", debiased=True)
v = first.cov.loc[["z1", "z2"], ["z1", "z2"]].to_numpy(); b = first.params[["z1", "z2"]].to_numpy()
out.append(("first stage f", b @ np.linalg.solve(v, b) / 2, 0.0))
# Anderson-Rubin: robust F of the instruments in y - b d, searched on a grid and refined.
from scipy.stats import f as fdist
from scipy.optimize import brentq
limit = fdist.ppf(0.90, 2, n - 4)
def ar(beta):
    r = IV2SLS(data.y - beta * data.d, pd.concat([exog, data[["z1", "z2"]]], axis=1), None, None).fit(cov_type="robust", debiased=True)
    v = r.cov.loc[["z1", "z2"], ["z1", "z2"]].to_numpy(); b = r.params[["z1", "z2"]].to_numpy()
    return b @ np.linalg.solve(v, b) / 2 - limit
mid = out[0][1]
out.append(("anderson-rubin 90 %", brentq(ar, mid - 1.5, mid), brentq(ar, mid, mid + 1.5)))
pd.DataFrame(out, columns=["what", "a", "b"]).to_csv("instrument_expected.csv", index=False)
print(open("instrument_expected.csv").read())
