-- The same items for all customers together, by year counted backwards from as_of (0: the last 12 months).
with billed as (
    {billed}
),
billed_years as (
    select *, unnest(generate_series(0, age_months / 12)) as years_back from billed where bills > 0
),
bills as (
    select years_back, monthly_amount, monthly_cost,
        cast(least(bills, greatest(age_months - 12 * years_back + 1, 0))
            - least(bills, greatest(age_months - 12 * years_back - 11, 0)) as decimal(9, 0)) as n
    from billed_years
),
priced as (
    select ordered_on, coalesce(returned_on, ordered_on) as returned_on, paid_on,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) as net,
        list_amount as list, discount_amount as discount, goods_cost, freight_cost, returned_amount
    from orders
    where ordered_on <= date '{as_of}'
),
usage as (
    {usage}
),
parts as (
    {parts}
)
select {years:ordered_on} as years_back,
    sum(coalesce(list, net + coalesce(discount, 0))) as list,
    sum(coalesce(discount, list - net)) as discount,
    sum(net) as net,
    sum(goods_cost) as goods,
    sum(case when goods_cost is null then net end) as net_without_goods,
    sum(freight_cost) as freight,
    sum(net * cast(greatest(cast(paid_on as int) - cast(ordered_on as int), 0) as decimal(9, 0))) as credit_days
from priced
group by 1
union all by name
select {years:returned_on} as years_back, sum(returned_amount) as returned
from priced
where returned_on <= date '{as_of}' and returned_amount is not null
group by 1
union all by name
select cast(years_back as bigint) as years_back,
    sum(monthly_amount * n) as contract_revenue,
    sum(monthly_cost * n) as contract_cost,
    sum(case when monthly_cost is null then monthly_amount * n end) as contract_without_cost
from bills
group by 1
union all by name
select {years:exposed_on} as years_back, sum(exposure_cost) as exposures
from exposures
where exposed_on <= date '{as_of}'
group by 1
union all by name
select {years:occurred_on} as years_back, sum(compensation_cost) as compensation
from incidents
where occurred_on <= date '{as_of}' and customer_id is not null
group by 1
union all by name
select {years:on} as years_back, sum(entry_cost) as club
from club_entries
where "on" <= date '{as_of}'
group by 1
union all by name
select {years:acquired_on} as years_back, sum(acquisition_cost) as acquisition
from customers
where acquired_on <= date '{as_of}' and acquisition_cost is not null
group by 1
union all by name
select cast(({last_month} - month) / 12 as bigint) as years_back,
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
group by 1
