-- One row per customer: what it bought, what that cost and what serving it cost, in the last 12 months.
-- A return counts on the day it came back; a contract is billed on the day it started and each month after.
with priced as (
    select customer_id, ordered_on, coalesce(returned_on, ordered_on) as returned_on, paid_on,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) as net,
        list_amount as list, discount_amount as discount, goods_cost, freight_cost, returned_amount,
        ordered_on > date '{from}' as recent
    from orders
    where ordered_on <= date '{as_of}'
),
lines as (
    select customer_id,
        max(case when net > 0 then ordered_on end) as last_on,
        sum(case when recent then coalesce(list, net + coalesce(discount, 0)) end) as list,
        sum(case when recent then coalesce(discount, list - net) end) as discount,
        sum(case when recent then net end) as net,
        sum(case when recent then goods_cost end) as goods,
        sum(case when recent and goods_cost is null then net end) as net_without_goods,
        sum(case when recent then freight_cost end) as freight,
        sum(case when recent then net * cast(greatest(cast(paid_on as int) - cast(ordered_on as int), 0) as decimal(9, 0)) end) as credit_days,
        sum(case when returned_on > date '{from}' and returned_on <= date '{as_of}' then returned_amount end) as returned
    from priced
    group by 1
),
each_order as (
    select customer_id, order_id from orders
    where ordered_on > date '{from}' and ordered_on <= date '{as_of}'
    group by 1, 2
),
order_counts as (
    select customer_id, count(*) as orders from each_order group by 1
),
billed as (
    {billed}
),
bills as (
    select customer_id,
        sum(monthly_amount * n) as contract_revenue,
        sum(monthly_cost * n) as contract_cost,
        sum(case when monthly_cost is null then monthly_amount * n end) as contract_without_cost
    from (
        select *, cast(bills - least(bills, greatest(age_months - 11, 0)) as decimal(9, 0)) as n from billed
    ) as counted
    group by 1
),
exposed as (
    select customer_id, sum(exposure_cost) as exposures from exposures
    where exposed_on > date '{from}' and exposed_on <= date '{as_of}'
    group by 1
),
compensated as (
    select customer_id, sum(compensation_cost) as compensation from incidents
    where occurred_on > date '{from}' and occurred_on <= date '{as_of}'
    group by 1
),
club as (
    select customer_id, sum(entry_cost) as club from club_entries
    where "on" > date '{from}' and "on" <= date '{as_of}'
    group by 1
),
usage as (
    {usage}
),
parts as (
    {parts}
),
served as (
    select customer_id,
        sum(case when process = 'sales' then part end) as serve_sales,
        sum(case when process = 'logistics' then part end) as serve_logistics,
        sum(case when process = 'service' then part end) as serve_service,
        sum(case when process = 'communication' then part end) as serve_communication,
        sum(case when process = 'billing' then part end) as serve_billing,
        sum(case when process = 'product' then part end) as serve_product,
        sum(case when process = 'brand' then part end) as serve_brand,
        sum(case when process = 'digital' then part end) as serve_digital,
        sum(case when process not in ('sales', 'logistics', 'service', 'communication', 'billing', 'product', 'brand',
            'digital') then part end) as serve_other
    from parts
    where month > {last_month} - 12
    group by 1
)
select c.customer_id, coalesce(n.orders, 0) as orders,
    cast(cast(date '{as_of}' as int) - cast(l.last_on as int) as double) as days_since_order,
    l.list, l.discount, l.net, l.returned, l.goods, l.net_without_goods, l.freight, l.credit_days,
    b.contract_revenue, b.contract_cost, b.contract_without_cost,
    e.exposures, i.compensation, k.club,
    case when c.acquired_on > date '{from}' and c.acquired_on <= date '{as_of}' then c.acquisition_cost end as acquisition,
    s.serve_sales, s.serve_logistics, s.serve_service, s.serve_communication, s.serve_billing, s.serve_product,
    s.serve_brand, s.serve_digital, s.serve_other
from customers c
left join lines l on l.customer_id = c.customer_id
left join order_counts n on n.customer_id = c.customer_id
left join bills b on b.customer_id = c.customer_id
left join exposed e on e.customer_id = c.customer_id
left join compensated i on i.customer_id = c.customer_id
left join club k on k.customer_id = c.customer_id
left join served s on s.customer_id = c.customer_id
order by c.customer_id
