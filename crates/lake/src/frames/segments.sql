-- Which customers were there a year and two years ago, did they stay, and whose contacts took the minutes?

-- part: customers
with bought as (
    select customer_id, max(case when ordered_on > date '{at}' then 1 else 0 end) = 1 as this_year,
        max(case when ordered_on <= date '{at}' and ordered_on > date '{before}' then 1 else 0 end) = 1 as year_before,
        max(case when ordered_on <= date '{before}' and ordered_on > date '{long_before}' then 1 else 0 end) = 1 as two_before
    from (
        select customer_id, ordered_on, sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net
        from orders
        where ordered_on <= date '{as_of}' and ordered_on > date '{long_before}' and coalesce(customer_id, '') <> ''
        group by customer_id, ordered_on
    ) each_day
    where net > 0
    group by customer_id
),
held as (
    select customer_id,
        max(case when started_on <= date '{as_of}' and (ended_on is null or ended_on > date '{as_of}') then 1 else 0 end) = 1 as now,
        max(case when started_on <= date '{at}' and (ended_on is null or ended_on > date '{at}') then 1 else 0 end) = 1 as then,
        max(case when started_on <= date '{before}' and (ended_on is null or ended_on > date '{before}') then 1 else 0 end) = 1 as earlier
    from contracts
    where coalesce(customer_id, '') <> ''
    group by customer_id
)
select c.customer_id, coalesce(c.kind, '') as kind, coalesce(c.segment, '') as segment, coalesce(c.unit_id, '') as unit,
    coalesce(h.then, false) or coalesce(b.year_before, false) as active,
    coalesce(h.now, false) or coalesce(b.this_year, false) as stayed,
    coalesce(h.earlier, false) or coalesce(b.two_before, false) as active_before,
    coalesce(h.then, false) or coalesce(b.year_before, false) as stayed_before
from customers c
left join bought b on b.customer_id = c.customer_id
left join held h on h.customer_id = c.customer_id
where b.customer_id is not null or h.customer_id is not null
order by c.customer_id

-- part: minutes
select customer_id, reason, cast(sum(cast(minutes as decimal(18, 4))) as double) as minutes
from interactions
where initiator = 'customer' and minutes > 0 and coalesce(reason, '') <> '' and coalesce(customer_id, '') <> ''
    and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
group by customer_id, reason
order by customer_id, reason
