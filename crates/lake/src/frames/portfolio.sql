-- Who the customer is, for the choice of grow, refine or stop: kind, the right to object, how long we have met.
select
    c.customer_id,
    coalesce(c.kind, '') as kind,
    coalesce(c.profiling_objected, false) as profiling_objected,
    coalesce(c.name, '') as name,
    coalesce(c.unit_id, '') as unit_id
from customers c
order by c.customer_id
