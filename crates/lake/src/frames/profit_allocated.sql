-- Every row of the books with the sum of the customers' parts of it.
with usage as (
    {usage}
),
parts as (
    {parts}
),
allocated as (
    select cost_id, sum(part) as allocated from parts group by 1
)
select p.cost_id, cast(p.month as bigint) as month, p.period, p.process, p.pool, p.owner_unit, p.driver, p.amount,
    p.capacity, p.used, a.allocated
from {pools} p
left join allocated a on a.cost_id = p.cost_id
order by p.cost_id
