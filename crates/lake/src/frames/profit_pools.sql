-- Use and allocation of every row of the books; the units used come from profit_usage.sql.
with usage as (
    {usage}
),
per_unit as (
    select driver, process, unit_id, month, sum(units) as units
    from usage
    group by 1, 2, 3, 4
),
use_of_pool as (
    select b.cost_id, sum(u.units) as used
    from {book} b
    join per_unit u on u.driver = b.driver and u.process = b.use_process and u.month = b.month
        and (u.unit_id = b.unit_id or b.owner_unit = '')
    group by 1
)
select b.cost_id, b.month, b.period, b.process, b.use_process, b.pool, b.owner_unit, b.driver, b.amount, b.capacity,
    cast(coalesce(u.used, 0) as double) as used
from (
    select distinct cost_id, month, period, process, use_process, pool, owner_unit, driver, amount, capacity
    from {book}
) as b
left join use_of_pool u on u.cost_id = b.cost_id
order by b.cost_id
