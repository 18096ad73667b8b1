-- How many driver units did each customer use, by month and unit of ours? One section per driver; only the drivers
-- that the books name are computed. Units are exact decimals, so that the order of summing cannot matter.
-- A customer that is not known is '': what it used is used up, but nobody can bear it.

-- part: minutes
select 'minutes' as driver, coalesce(process, '') as process, coalesce(unit_id, '') as unit_id,
    coalesce(customer_id, '') as customer_id,
    cast(date_part('year', at) * 12 + date_part('month', at) - 1 as int) as month,
    sum(cast(minutes as decimal(18, 4))) as units
from interactions
where at < cast(date '{next_day}' as timestamp) and minutes > 0
group by 1, 2, 3, 4, 5

-- part: orders
select 'orders' as driver, '' as process, unit_id, customer_id, month, cast(count(*) as decimal(28, 4)) as units
from (
    select order_id, coalesce(unit_id, '') as unit_id, customer_id,
        cast(date_part('year', ordered_on) * 12 + date_part('month', ordered_on) - 1 as int) as month
    from orders
    where ordered_on <= date '{as_of}'
    group by 1, 2, 3, 4
) as each_order
group by 3, 4, 5

-- part: lines
select 'lines' as driver, '' as process, coalesce(unit_id, '') as unit_id, customer_id,
    cast(date_part('year', ordered_on) * 12 + date_part('month', ordered_on) - 1 as int) as month,
    cast(count(*) as decimal(28, 4)) as units
from orders
where ordered_on <= date '{as_of}'
group by 3, 4, 5

-- part: deliveries
select 'deliveries' as driver, '' as process, unit_id, customer_id, month, cast(count(*) as decimal(28, 4)) as units
from (
    select order_id, delivered_on, coalesce(unit_id, '') as unit_id, customer_id,
        cast(date_part('year', delivered_on) * 12 + date_part('month', delivered_on) - 1 as int) as month
    from orders
    where delivered_on <= date '{as_of}'
    group by 1, 2, 3, 4, 5
) as each_delivery
group by 3, 4, 5

-- part: returns
select 'returns' as driver, '' as process, coalesce(unit_id, '') as unit_id, customer_id,
    cast(date_part('year', coalesce(returned_on, ordered_on)) * 12
        + date_part('month', coalesce(returned_on, ordered_on)) - 1 as int) as month,
    cast(count(*) as decimal(28, 4)) as units
from orders
where coalesce(returned_on, ordered_on) <= date '{as_of}' and returned_amount > 0
group by 3, 4, 5

-- part: customers
select 'customers' as driver, '' as process, s.unit_id, s.customer_id, p.month, cast(1 as decimal(28, 4)) as units
from (
    select c.customer_id, coalesce(c.unit_id, '') as unit_id, min(r.first_month) as first_month,
        max(r.last_month) as last_month
    from customers c
    join (
        select customer_id,
            cast(date_part('year', min(ordered_on)) * 12 + date_part('month', min(ordered_on)) - 1 as int) as first_month,
            cast(date_part('year', max(ordered_on)) * 12 + date_part('month', max(ordered_on)) + 10 as int) as last_month
        from orders
        where ordered_on <= date '{as_of}'
        group by 1
        union all
        select customer_id,
            cast(date_part('year', min(started_on)) * 12 + date_part('month', min(started_on)) - 1 as int),
            cast(max(date_part('year', coalesce(ended_on, date '{as_of}')) * 12
                + date_part('month', coalesce(ended_on, date '{as_of}')) - 1) as int)
        from contracts
        where started_on <= date '{as_of}'
        group by 1
    ) as r on r.customer_id = c.customer_id
    group by 1, 2
) as s
cross join (select distinct month from {book} where driver = 'customers') as p
where p.month between s.first_month and s.last_month

-- part: none
select 'none' as driver, '' as process, '' as unit_id, '' as customer_id, cast(0 as int) as month,
    cast(0 as decimal(28, 4)) as units
from costs
where false
