"""Repeat purchases per customer of the first year of Online Retail II, in days; equal customers joined.

Online Retail II, D. Chen, UCI Machine Learning Repository, CC BY 4.0 (doi 10.24432/C5CG6D).
Purchases are invoices that are not cancelled, with a customer and a positive sum, one per customer and day.
Run: python retail_year.py FILE.parquet > retail_year.csv
"""
import sys, pandas as pd
d = pd.read_parquet(sys.argv[1])
low = {c.lower().replace(" ", "").replace("_", ""): c for c in d.columns}
inv, cust, day, q, p = (low[c] for c in ["invoice", "customerid", "invoicedate", "quantity", "price"])
d = d[d[cust].notna() & ~d[inv].astype(str).str.startswith("C")]
d = d[d[q].astype(float) * d[p].astype(float) > 0]
d["day"] = pd.to_datetime(d[day]).dt.normalize()
end = d["day"].max()
g = d.drop_duplicates([cust, "day"]).groupby(cust)["day"].agg(["count", "min", "max"])
out = pd.DataFrame({"frequency": g["count"] - 1, "recency": (g["max"] - g["min"]).dt.days, "observed": (end - g["min"]).dt.days})
out = out.groupby(["frequency", "recency", "observed"]).size().rename("customers").reset_index()
out.to_csv(sys.stdout, index=False)
