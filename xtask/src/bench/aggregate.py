"""What does each customer's buying look like? Usage: aggregate.py ORDERS.csv SUMS.json

The per-customer columns that an analysis of buying needs, computed by DuckDB from the same file.
"""

import json
import sys

import duckdb

orders, sums = sys.argv[1], sys.argv[2]
connection = duckdb.connect()
connection.execute(
    """
    create table lines as
    select customer_id, cast(ordered_on as date) as day,
           cast(net_amount as decimal(18, 4)) as net, cast(goods_cost as decimal(18, 4)) as cost
    from read_csv(?, header = true, all_varchar = true)
    """,
    [orders],
)
connection.execute(
    """
    create table purchases as
    with days as (
        select customer_id, day, sum(net) as net, sum(net - cost) as margin from lines group by customer_id, day
    )
    select customer_id, count(*) - 1 as x, max(day) - min(day) as t_x, date '2025-12-31' - min(day) as observed,
           sum(net) as revenue, sum(margin) as margin, avg(margin) as mean_margin
    from days group by customer_id
    """
)
customers, revenue = connection.execute("select count(*), sum(revenue) from purchases").fetchone()
with open(sums, "w", encoding="utf-8") as out:
    json.dump({"customers": customers, "revenue": float(revenue)}, out)
