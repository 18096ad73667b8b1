"""Makes did_panel.csv and did_expected.csv with csdid 0.4.3 (Python), an implementation that shares no code with ours.

Run: python did_reference.py   (pip install csdid==0.4.3 numpy pandas)
"""
import numpy as np, pandas as pd
from csdid.att_gt import ATTgt

rng = np.random.default_rng(20261122)
units, periods = 160, 6
x = rng.normal(size=units)
z = (rng.uniform(size=units) < 0.4).astype(float)
score = 0.5 * x + 0.3 * z
draw = rng.uniform(size=units)
start = np.select([draw < 0.22 + 0.05 * score, draw < 0.42 + 0.05 * score, draw < 0.62 + 0.05 * score], [3, 4, 6], 0)
level = rng.normal(size=units)
rows = []
for i in range(units):
    for t in range(1, periods + 1):
        on = start[i] > 0 and t >= start[i]
        effect = on * (1.0 + 0.5 * (t - start[i]) + (0.7 if start[i] == 3 else 0.0))
        y = level[i] + 0.3 * t + 0.2 * t * x[i] - 0.1 * t * z[i] + effect + rng.normal(scale=0.6)
        rows.append((i + 1, t, start[i], round(y, 6), round(x[i], 6), z[i]))
panel = pd.DataFrame(rows, columns=["unit", "period", "start", "y", "x", "z"])
panel.to_csv("did_panel.csv", index=False)

out = []
def keep(name, kind, a, b, att, se):
    out.append((name, kind, int(a), int(b), float(att), float(se)))

for is_panel in [True, False]:
    for method in ["dr", "reg", "ipw"]:
        for control in ["nevertreated", "notyettreated"]:
            for base in ["varying", "universal"]:
                for covariates in [None, "~ x + z"]:
                    if not is_panel and (base == "universal" or control == "nevertreated"):
                        continue
                    if covariates is None and method != "dr":
                        continue
                    name = "/".join(["panel" if is_panel else "samples", method, control, base, "xz" if covariates else "none"])
                    fit = ATTgt(yname="y", tname="period", idname="unit" if is_panel else None, gname="start", data=panel.copy(),
                                control_group=control, xformla=covariates, panel=is_panel).fit(
                                est_method=method, base_period=base, bstrap=False)
                    r = fit.results
                    for g, t, a, s in zip(r["group"], r["year"], r["att"], r["se"]):
                        keep(name, "cell", g, t, a, s)
                    if is_panel:
                        for kind in ["simple", "group", "dynamic", "calendar"]:
                            agg = fit.aggte(typec=kind, bstrap=False, cband=False).atte
                            keep(name, kind + " overall", 0, 0, agg["overall_att"], np.ravel(agg["overall_se"])[0])
                            if kind != "simple":
                                for e, a, s in zip(agg["egt"], agg["att_egt"], np.ravel(agg["se_egt"])):
                                    keep(name, kind, e, 0, a, s)
pd.DataFrame(out, columns=["name", "kind", "a", "b", "att", "se"]).to_csv("did_expected.csv", index=False)
