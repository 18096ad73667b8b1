-- The purchases of each customer as known at three dates. A purchase is a day with a positive line; days are joined
-- first, so that nothing distinct is counted over lines. A return is known from the day it came back.

-- part: span
select cast(min(ordered_on) as date) as first_day, cast(max(ordered_on) as date) as last_day
from orders
where ordered_on <= date '{as_of}' and coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) > 0
-- part: purchases
with priced as (
    select customer_id, ordered_on, coalesce(returned_on, ordered_on) as returned_on,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) as net,
        coalesce(returned_amount, 0) as returned, goods_cost, coalesce(freight_cost, 0) as freight
    from orders
    where ordered_on <= date '{as_of}'
),
days as (
    select customer_id, ordered_on,
        max(case when net > 0 then 1 else 0 end) as bought,
        sum(net) as net,
        sum(case when goods_cost is not null then net else 0 end) as net_with_cost,
        sum(case when goods_cost is not null then net - goods_cost - freight else 0 end) as margin,
        sum(case when returned_on <= date '{as_of}' then returned else 0 end) as returned,
        sum(case when returned_on <= date '{opening}' then returned else 0 end) as returned_opening,
        sum(case when returned_on <= date '{cut}' then returned else 0 end) as returned_cut,
        sum(case when returned_on <= date '{as_of}' and goods_cost is not null then returned else 0 end) as costed_returned,
        sum(case when returned_on <= date '{opening}' and goods_cost is not null then returned else 0 end)
            as costed_returned_opening,
        sum(case when returned_on <= date '{cut}' and goods_cost is not null then returned else 0 end)
            as costed_returned_cut
    from priced
    group by 1, 2
),
customers_days as (
    select customer_id,
        min(case when bought = 1 then ordered_on end) as first_on,
        sum(bought) as n,
        max(case when bought = 1 then ordered_on end) as last_on,
        sum(net - returned) as net,
        sum(net_with_cost - costed_returned) as net_with_cost,
        sum(margin - costed_returned) as margin,
        sum(case when ordered_on <= date '{opening}' then bought else 0 end) as n_opening,
        max(case when bought = 1 and ordered_on <= date '{opening}' then ordered_on end) as last_opening,
        sum(case when ordered_on <= date '{opening}' then net - returned_opening else 0 end) as net_opening,
        sum(case when ordered_on <= date '{opening}' then net_with_cost - costed_returned_opening else 0 end)
            as net_with_cost_opening,
        sum(case when ordered_on <= date '{opening}' then margin - costed_returned_opening else 0 end) as margin_opening,
        sum(case when ordered_on <= date '{cut}' then bought else 0 end) as n_cut,
        max(case when bought = 1 and ordered_on <= date '{cut}' then ordered_on end) as last_cut,
        sum(case when ordered_on <= date '{cut}' then net - returned_cut else 0 end) as net_cut,
        sum(case when ordered_on <= date '{cut}' then net_with_cost - costed_returned_cut else 0 end)
            as net_with_cost_cut,
        sum(case when ordered_on <= date '{cut}' then margin - costed_returned_cut else 0 end) as margin_cut
    from days
    group by 1
)
select d.customer_id, coalesce(c.segment, c.kind, '') as segment,
    cast(date '{as_of}' as int) - cast(d.first_on as int) as first_days_ago,
    d.n, cast(date '{as_of}' as int) - cast(d.last_on as int) as last_days_ago, d.net, d.net_with_cost, d.margin,
    d.n_opening, cast(date '{as_of}' as int) - cast(d.last_opening as int) as last_days_ago_opening,
    d.net_opening, d.net_with_cost_opening, d.margin_opening,
    d.n_cut, cast(date '{as_of}' as int) - cast(d.last_cut as int) as last_days_ago_cut,
    d.net_cut, d.net_with_cost_cut, d.margin_cut
from customers_days d
left join customers c on c.customer_id = d.customer_id
where d.n > 0
order by d.customer_id
