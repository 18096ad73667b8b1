-- The last day that something is known to have happened: bought, signed, ended, met or said.
select cast(max(day) as varchar) as day
from (
    select max(ordered_on) as day from orders
    union all select max(started_on) from contracts
    union all select max(ended_on) from contracts
    union all select cast(max(at) as date) from interactions
    union all select cast(max(answered_at) as date) from answers
) as days
