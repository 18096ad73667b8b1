-- What was promised, to whom, by which unit, and was it kept?

-- part: promises
-- Sums over customers, by promise.
with own as (
    select promise_key as promise, customer_id, cast(at as date) > date '{as_of}' - interval '12 months' as recent,
        count(*) as made, count(*) filter (where kept) as kept
    from promises_kept
    where kept is not null and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{as_of}' - interval '24 months'
    group by promise_key, customer_id, 3
)
select promise, '' as unit, recent, count(*) as customers, sum(made) as made, sum(kept) as kept,
    sum(made * made) as made_squared, sum(kept * kept) as kept_squared, sum(made * kept) as made_kept
from own
group by promise, recent
order by promise, recent

-- part: units
-- The same, by promise and unit, of the last twelve months.
with own as (
    select p.promise_key as promise, coalesce(nullif(p.unit_id, ''), c.unit_id, '') as unit, p.customer_id,
        count(*) as made, count(*) filter (where p.kept) as kept
    from promises_kept p
    left join customers c on c.customer_id = p.customer_id
    where p.kept is not null and cast(p.at as date) <= date '{as_of}' and cast(p.at as date) > date '{as_of}' - interval '12 months'
    group by p.promise_key, 2, p.customer_id
)
select promise, unit, true as recent, count(*) as customers, sum(made) as made, sum(kept) as kept,
    sum(made * made) as made_squared, sum(kept * kept) as kept_squared, sum(made * kept) as made_kept
from own
where unit <> ''
group by promise, unit
order by promise, unit

-- part: months
select promise_key as promise, cast(date_trunc('month', at) as date) as month,
    count(*) as made, count(*) filter (where kept) as kept
from promises_kept
where kept is not null and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{as_of}' - interval '24 months'
group by promise_key, 2
order by promise_key, 2

-- part: customers
select count(*) as customers, count(*) filter (where broken > 0) as met_broken
from (
    select customer_id, count(*) filter (where not kept) as broken
    from promises_kept
    where kept is not null and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{as_of}' - interval '12 months'
    group by customer_id
) own
