-- Who may take part in a trial, who was drawn, and what they did.

-- part: activity
select count(*) as n from activities where activity_id = $1

-- part: eligible
-- Everyone who fits on the day of the draw; what the plan does not ask about is asked of nobody.
with bought as (
    select customer_id, max(ordered_on) as last_on
    from orders
    where ordered_on <= date '{drawn_on}' and coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) > 0
    group by customer_id
),
bound as (
    select distinct customer_id
    from contracts
    where started_on <= date '{drawn_on}' and (ended_on is null or ended_on > date '{drawn_on}')
),
held_out as (
    select distinct customer_id from exposures where arm = 'control' and activity_id in ({standing})
)
select c.customer_id, coalesce(c.unit_id, '') as unit, coalesce(c.kind, '') = 'company' as company
from customers c
left join bought b on b.customer_id = c.customer_id
left join bound k on k.customer_id = c.customer_id
left join held_out h on h.customer_id = c.customer_id
where h.customer_id is null
    and ({bought_since} or b.last_on > date '{since}')
    and ({contract_any} or (k.customer_id is not null) = {contract})
    and ({company_any} or (coalesce(c.kind, '') = 'company') = {company})
    and (b.customer_id is not null or k.customer_id is not null)
order by c.customer_id

-- part: drawn
select e.customer_id, coalesce(max(c.unit_id), '') as unit, coalesce(max(c.kind), '') = 'company' as company,
    max(case when e.arm = 'treated' then 1 else 0 end) = 1 as treated,
    max(case when e.arm = 'control' then 1 else 0 end) = 1 as control,
    max(case when e._source = $2 then 0 else 1 end) = 1 as other
from exposures e
left join customers c on c.customer_id = e.customer_id
where e.activity_id = $1 and e.exposed_on = date '{drawn_on}' and e.arm is not null
group by e.customer_id
order by e.customer_id

-- part: bought
-- Orders and money in the window and in the one before it, for those who bought in either.
with lines as (
    select customer_id, order_id, ordered_on > date '{drawn_on}' as later,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0))
            - case when coalesce(returned_on, ordered_on) <= date '{until}' then coalesce(returned_amount, 0) else 0 end as net,
        coalesce(goods_cost, 0) + coalesce(freight_cost, 0) as cost,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) as sold
    from orders
    where ordered_on > date '{before}' and ordered_on <= date '{until}'
),
each_order as (
    select customer_id, order_id, later, sum(net) as net, sum(net - cost) as contribution, sum(sold) as sold
    from lines
    group by customer_id, order_id, later
)
select customer_id,
    sum(case when later and sold > 0 then 1 else 0 end) as orders,
    sum(case when later then net else 0 end) as net,
    sum(case when later then contribution else 0 end) as contribution,
    sum(case when not later and sold > 0 then 1 else 0 end) as orders_before,
    sum(case when not later then net else 0 end) as net_before,
    sum(case when not later then contribution else 0 end) as contribution_before
from each_order
group by customer_id
order by customer_id

-- part: stayed
-- Those with a contract on the day: who still had one at the end of the window.
select customer_id,
    max(case when ended_on is null or ended_on > date '{until}' then 1 else 0 end) as stayed
from contracts
where started_on <= date '{drawn_on}' and (ended_on is null or ended_on > date '{drawn_on}')
group by customer_id
order by customer_id
