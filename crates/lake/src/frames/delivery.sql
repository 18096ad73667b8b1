-- How long did orders take to come, and what did their customers do after?
-- Large registers are read for some customers only, chosen by a hash of their id: all orders of a customer or none.

-- part: size
select count(*) as sent, count(*) filter (where undated = 0) as dated
from (
    select order_id, max(coalesce(partner_id, '')) as partner, min(ordered_on) as ordered_on,
        max(promised_on) as promised_on, max(delivered_on) as delivered_on,
        count(*) filter (where delivered_on is null) as undated
    from orders
    where ordered_on <= date '{as_of}' and ordered_on > date '{since}'
    group by order_id
) each_order
where partner <> '' or delivered_on > ordered_on or promised_on > ordered_on

-- part: days
select customer_id, cast(ordered_on as int) as day
from (
    select customer_id, ordered_on, sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net
    from orders
    where ordered_on <= date '{as_of}' and coalesce(customer_id, '') <> '' and {chosen}
    group by customer_id, ordered_on
) each_day
where net > 0
order by customer_id, day

-- part: orders
with sent as (
    select order_id, min(customer_id) as customer_id, min(ordered_on) as ordered_on, max(promised_on) as promised_on,
        max(delivered_on) as delivered_on, count(*) filter (where delivered_on is null) as undated,
        max(coalesce(partner_id, '')) as partner, max(coalesce(channel, '')) as channel, max(coalesce(unit_id, '')) as unit,
        cast(sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as double) as net,
        count(*) as lines, cast(sum(freight_cost) as double) as freight
    from orders
    where ordered_on <= date '{as_of}' and ordered_on > date '{since}' and coalesce(customer_id, '') <> '' and {chosen}
    group by order_id
),
held as (
    select customer_id, min(started_on) as started_on, max(coalesce(ended_on, date '9999-12-31')) as ended_on
    from contracts
    where coalesce(term_months, 1) >= 2
    group by customer_id
)
select s.order_id, s.customer_id, cast(s.ordered_on as int) as day, date_part('month', s.ordered_on) as month,
    date_part('dow', s.ordered_on) as weekday, s.ordered_on > date '{at}' as recent,
    cast(s.delivered_on as int) - cast(s.ordered_on as int) as waiting,
    greatest(cast(s.delivered_on as int) - cast(s.promised_on as int), 0) as late,
    s.promised_on is not null as promised,
    case when s.partner = '' then '' else coalesce(nullif(p.name, ''), s.partner) end as carrier,
    s.channel, s.unit, s.net, s.lines, s.freight,
    coalesce(k.kind, '') = 'company' as company,
    coalesce(h.started_on <= s.ordered_on and h.ended_on > s.ordered_on, false) as contract
from sent s
left join partners p on p.partner_id = s.partner
left join customers k on k.customer_id = s.customer_id
left join held h on h.customer_id = s.customer_id
where s.net > 0 and s.undated = 0 and s.delivered_on <= date '{as_of}' and s.delivered_on >= s.ordered_on
    and (s.partner <> '' or s.delivered_on > s.ordered_on or s.promised_on > s.ordered_on)
order by s.customer_id, s.ordered_on, s.order_id

-- part: contacts
select customer_id, cast(cast(at as date) as int) as day, count(*) as contacts,
    coalesce(cast(sum(cast(minutes as decimal(18, 4))) as double), 0) as minutes
from interactions
where initiator = 'customer' and coalesce(customer_id, '') <> '' and cast(at as date) <= date '{as_of}'
    and cast(at as date) > date '{since}' and {chosen}
group by 1, 2
order by 1, 2

-- part: complaints
select customer_id, coalesce(order_id, '') as order_id, cast(occurred_on as int) as day,
    cast(coalesce(compensation_cost, 0) as double) as compensation
from incidents
where reported_on is not null and reported_on <= date '{as_of}' and occurred_on > date '{since}'
    and coalesce(customer_id, '') <> '' and {chosen}
order by customer_id, occurred_on, incident_id

-- part: renewals
with {chances},
{traits}
select customer_id, cast(due_on as int) as day, number, cast(due_month % 12 + 1 as bigint) as month, ended, term,
    cast(monthly_amount as double) as monthly_amount, cast(monthly_cost as double) as monthly_cost, company, stress
from traits
order by contract_id, due_on
