-- When is sold, at what price, and what became of those who were won on a discount?

-- part: span
select min(ordered_on) as first_day, max(ordered_on) as last_day
from orders
where ordered_on <= date '{as_of}'

-- part: days
with each_order as (
    select order_id, customer_id, ordered_on as day, max(coalesce(unit_id, '')) as unit_id,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(coalesce(list_amount, net_amount + coalesce(discount_amount, 0))) as list,
        sum(coalesce(discount_amount, list_amount - net_amount, 0)) as discount,
        sum(case when returned_on is null or returned_on <= date '{as_of}' then coalesce(returned_amount, 0) else 0 end) as returned
    from orders
    where ordered_on <= date '{as_of}'
    group by order_id, customer_id, ordered_on
)
select unit_id, day, count(*) filter (where net > 0) as orders, sum(net) as net, sum(list) as list,
    sum(discount) as discount, sum(returned) as returned
from each_order
group by unit_id, day
order by unit_id, day

-- part: won
-- Customers by how they were won: the first deal's discount, and the twelve months after the first day.
with days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(coalesce(list_amount, net_amount + coalesce(discount_amount, 0))) as list,
        sum(coalesce(discount_amount, list_amount - net_amount, 0)) as discount,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) - coalesce(goods_cost, 0) - coalesce(freight_cost, 0)
            - coalesce(returned_amount, 0)) as contribution,
        max(coalesce(unit_id, '')) as unit_id
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
starts as (
    select customer_id, min(day) as day, 0 as contract from days where net > 0 group by customer_id
    union all
    select customer_id, min(started_on) as day, 1 as contract
    from contracts where started_on <= date '{as_of}' group by customer_id
),
began as (
    select customer_id, min(day) as day from starts group by customer_id
),
kinds as (
    select b.customer_id, b.day, max(s.contract) as contract
    from began b
    join starts s on s.customer_id = b.customer_id and s.day = b.day
    group by b.customer_id, b.day
),
firsts as (
    select k.*, d.net, d.list, d.discount, d.unit_id
    from kinds k
    left join days d on d.customer_id = k.customer_id and d.day = k.day
    where k.day > date '{from}' and k.day <= date '{until}'
),
later as (
    select f.customer_id, count(*) filter (where d.net > 0) as purchases, sum(d.contribution) as contribution
    from firsts f
    join days d on d.customer_id = f.customer_id
    where d.day > f.day and d.day <= f.day + interval '12 months'
    group by f.customer_id
),
bound as (
    select f.customer_id,
        bool_or(k.ended_on is null or k.ended_on > f.day + interval '12 months') as held,
        sum((coalesce(k.monthly_amount, 0) - coalesce(k.monthly_cost, 0)) * cast(cast(
            (cast(least(coalesce(k.ended_on, date '9999-12-31'), cast(f.day + interval '12 months' as date)) as int)
            - cast(greatest(k.started_on, f.day) as int)) as double) / 30.4375 as decimal(9, 4))) as contribution
    from firsts f
    join contracts k on k.customer_id = f.customer_id
    where k.started_on <= f.day + interval '12 months' and (k.ended_on is null or k.ended_on > f.day)
    group by f.customer_id
)
select c.customer_id,
    coalesce(c.first_deal_discount, cast(f.discount as double) / cast(nullif(f.list, 0) as double)) as discount_share,
    coalesce(c.acquisition_channel, '') as channel,
    coalesce(nullif(c.unit_id, ''), f.unit_id, '') as unit,
    coalesce(c.kind, '') = 'company' as company,
    f.contract = 1 as contract,
    coalesce(cast(f.net as double), 0) as first_net,
    cast(cast(date '{as_of}' as int) - cast(f.day as int) as double) as days_ago,
    coalesce(a.purchases, 0) as purchases_after,
    coalesce(b.held, false) or coalesce(a.purchases, 0) > 0 as came_back,
    coalesce(a.contribution, 0) + coalesce(b.contribution, 0) as contribution_after
from firsts f
join customers c on c.customer_id = f.customer_id
left join later a on a.customer_id = f.customer_id
left join bound b on b.customer_id = f.customer_id
where c.acquired_on is null or cast(c.acquired_on as int) - cast(f.day as int) >= -31
order by c.customer_id

-- part: established
-- Customers who had bought before {before}: the price they met between then and {at}, and the twelve months after.
with each_order as (
    select customer_id, order_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(coalesce(list_amount, net_amount + coalesce(discount_amount, 0))) as list,
        sum(coalesce(discount_amount, list_amount - net_amount, 0)) as discount,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) - coalesce(goods_cost, 0) - coalesce(freight_cost, 0)
            - coalesce(returned_amount, 0)) as contribution
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, order_id, ordered_on
),
sums as (
    select customer_id,
        count(*) filter (where net > 0 and day <= date '{before}' and day > date '{before}' - interval '12 months') as purchases_before,
        sum(case when day <= date '{before}' and day > date '{before}' - interval '12 months' then contribution end) as contribution_before,
        cast(sum(case when day <= date '{before}' and day > date '{before}' - interval '12 months' then discount end) as double)
            / cast(nullif(sum(case when day <= date '{before}' and day > date '{before}' - interval '12 months' then list end), 0) as double)
            as discount_before,
        max(case when net > 0 and day <= date '{before}' then day end) as last_day,
        min(case when net > 0 then day end) as first_day,
        count(*) filter (where net > 0 and day > date '{before}' and day <= date '{at}') as orders,
        sum(case when day > date '{before}' and day <= date '{at}' then net end) as net,
        cast(sum(case when day > date '{before}' and day <= date '{at}' then discount end) as double)
            / cast(nullif(sum(case when day > date '{before}' and day <= date '{at}' then list end), 0) as double) as discount_share,
        count(*) filter (where net > 0 and day > date '{at}') as purchases_after,
        sum(case when day > date '{at}' then contribution end) as contribution_after
    from each_order
    group by customer_id
)
select s.customer_id, coalesce(s.discount_share, 0) as discount_share, coalesce(c.unit_id, '') as unit,
    coalesce(c.kind, '') = 'company' as company,
    s.purchases_before, coalesce(s.contribution_before, 0) as contribution_before, coalesce(s.discount_before, 0) as discount_before,
    cast(cast(date '{before}' as int) - cast(s.last_day as int) as double) as silence_days,
    cast(cast(date '{before}' as int) - cast(s.first_day as int) as double) as tenure_days,
    s.orders, coalesce(cast(s.net as double), 0) as net,
    s.purchases_after, coalesce(s.contribution_after, 0) as contribution_after
from sums s
join customers c on c.customer_id = s.customer_id
where s.purchases_before > 0 and s.orders > 0
order by s.customer_id
