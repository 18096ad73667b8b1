-- Each customer's part of each row of the books: driver units times rate, to the ledger's four decimals.
-- The rates are one row per cost and unit it covers, with the divisor max(capacity, used).
    select r.cost_id, u.customer_id, r.process, r.month,
        cast(cast(r.amount as double) * cast(u.units as double) / r.divisor as decimal(28, 4)) as part
    from usage u
    join {rates} r on r.driver = u.driver and r.use_process = u.process and r.month = u.month and r.unit_id = u.unit_id
    where u.customer_id <> '' and r.owner_unit <> ''
    union all
    select r.cost_id, u.customer_id, r.process, r.month,
        cast(cast(r.amount as double) * cast(u.units as double) / r.divisor as decimal(28, 4)) as part
    from usage u
    join {rates} r on r.driver = u.driver and r.use_process = u.process and r.month = u.month
    where u.customer_id <> '' and r.owner_unit = ''
