-- What do we do towards customers, process by process: at what cost, with what events, to whom, and what is known of it?

-- part: register
-- Every activity of the register, and those that costs or exposures name without being in it.
with named as (
    select activity_id from activities
    union
    select activity_id from costs where coalesce(activity_id, '') <> '' and substr(period, 1, 7) <= '{last_period}'
    union
    select activity_id from exposures where exposed_on <= date '{as_of}'
),
met as (
    select activity_id, customer_id, count(*) as times, min(exposed_on) as first_day, max(exposed_on) as last_day,
        sum(coalesce(exposure_cost, 0)) as cost,
        sum(case when exposed_on > date '{from}' then coalesce(exposure_cost, 0) else 0 end) as cost_year,
        bool_or(coalesce(arm, '') = 'treated') as treated,
        bool_or(coalesce(arm, '') = 'control') as control
    from exposures
    where exposed_on <= date '{as_of}'
    group by activity_id, customer_id
),
reached as (
    select activity_id, count(*) filter (where not control or treated) as customers, sum(times) as exposures,
        min(first_day) as first_day, max(last_day) as last_day, sum(cost) as cost, sum(cost_year) as cost_year,
        count(*) filter (where control) as control
    from met
    group by activity_id
),
booked as (
    select activity_id,
        sum(coalesce(amount, 0)) as cost,
        sum(case when substr(period, 1, 7) >= '{first_period}' then coalesce(amount, 0) else 0 end) as cost_year
    from costs
    where coalesce(activity_id, '') <> '' and substr(period, 1, 7) <= '{last_period}'
    group by activity_id
)
select n.activity_id,
    a.activity_id is not null as registered,
    coalesce(a.name, '') as name,
    coalesce(a.process, '') as process,
    coalesce(a.owner_id, '') as owner,
    coalesce(a.target, '') as target,
    a.started_on, a.ended_on,
    coalesce(a.planned_cost, 0) as planned,
    coalesce(r.customers, 0) as customers,
    coalesce(r.exposures, 0) as exposures,
    coalesce(r.control, 0) as control,
    coalesce(r.cost, 0) as exposure_cost,
    coalesce(r.cost_year, 0) as exposure_cost_year,
    coalesce(b.cost, 0) as booked,
    coalesce(b.cost_year, 0) as booked_year
from named n
left join activities a on a.activity_id = n.activity_id
left join reached r on r.activity_id = n.activity_id
left join booked b on b.activity_id = n.activity_id
order by n.activity_id

-- part: pools
-- The books of twelve whole months, by what they say of themselves.
select coalesce(process, '') as process, coalesce(pool, '') as pool, coalesce(activity_id, '') as activity_id,
    coalesce(driver, 'none') as driver, count(*) as lines, sum(coalesce(amount, 0)) as amount,
    sum(coalesce(capacity, 0)) as capacity
from costs
where substr(period, 1, 7) >= '{first_period}' and substr(period, 1, 7) <= '{last_period}'
group by 1, 2, 3, 4
order by 1, 2, 3, 4

-- part: books
select count(*) as lines, sum(coalesce(amount, 0)) as amount
from costs
where substr(period, 1, 7) >= '{first_period}' and substr(period, 1, 7) <= '{last_period}'

-- part: contacts
-- Meetings of twelve months by process, one row per customer first.
with met as (
    select coalesce(process, '') as process, coalesce(customer_id, '') as customer_id, count(*) as events,
        sum(coalesce(minutes, 0)) as minutes,
        count(*) filter (where initiator = 'customer') as by_customer,
        sum(case when initiator = 'customer' then coalesce(minutes, 0) else 0 end) as minutes_by_customer,
        count(*) filter (where coalesce(repeat_of, '') <> '') as repeats,
        count(*) filter (where resolved is not null) as judged,
        count(*) filter (where resolved) as resolved,
        count(*) filter (where coalesce(partner_id, '') <> '' and initiator = 'partner') as by_partner,
        count(*) filter (where coalesce(channel, '') in ('self_service', 'app', 'bot', 'portal')) as self_service
    from interactions
    where at < cast(date '{next_day}' as timestamp) and at >= cast(date '{from_next}' as timestamp)
    group by 1, 2
)
select process, sum(events) as events, count(*) filter (where customer_id <> '') as customers, sum(minutes) as minutes,
    sum(by_customer) as by_customer, sum(minutes_by_customer) as minutes_by_customer, sum(repeats) as repeats,
    sum(judged) as judged, sum(resolved) as resolved, sum(by_partner) as by_partner, sum(self_service) as self_service
from met
group by process
order by process

-- part: work
-- Events that are not logged as meetings: orders and their lines, deliveries, invoices, returns.
select word, sum(events) as events, count(*) as customers
from (
    select 'orders' as word, customer_id, count(*) as events
    from (select distinct order_id, customer_id from orders where ordered_on > date '{from}' and ordered_on <= date '{as_of}') o
    group by customer_id
    union all
    select 'lines' as word, customer_id, count(*) as events
    from orders
    where ordered_on > date '{from}' and ordered_on <= date '{as_of}'
    group by customer_id
    union all
    select 'deliveries' as word, customer_id, count(*) as events
    from (select distinct order_id, customer_id, delivered_on from orders
        where delivered_on > date '{from}' and delivered_on <= date '{as_of}') d
    group by customer_id
    union all
    select 'returns' as word, customer_id, count(*) as events
    from orders
    where coalesce(returned_on, ordered_on) > date '{from}' and coalesce(returned_on, ordered_on) <= date '{as_of}' and returned_amount > 0
    group by customer_id
    union all
    select 'invoices' as word, customer_id, count(*) as events
    from (select distinct order_id, customer_id from orders where paid_on > date '{from}' and paid_on <= date '{as_of}') p
    group by customer_id
) done
group by word
order by word

-- part: heard
-- Answers of twelve months by the process that they are about: by the meeting they follow, else by the touchpoint.
with places as (
    select touchpoint, max(process) as process
    from interactions
    where coalesce(touchpoint, '') <> '' and coalesce(process, '') <> ''
    group by touchpoint
),
said as (
    select coalesce(i.process, p.process, '') as process,
        case when a.scale_max > a.scale_min then (a.value - a.scale_min) / (a.scale_max - a.scale_min) end as place
    from answers a
    left join interactions i on i.interaction_id = a.interaction_id
    left join places p on p.touchpoint = a.touchpoint
    where a.question = 'satisfaction' and coalesce(a.survey, '') = 'touchpoint'
        and a.value >= coalesce(a.scale_min, a.value) and a.value <= coalesce(a.scale_max, a.value)
        and cast(a.answered_at as date) > date '{from}' and cast(a.answered_at as date) <= date '{as_of}'
)
select process, count(*) as answers, avg(place) as place from said group by process order by process

-- part: money
-- What customers' doings brought in, this year (0) and the year before (1).
with lines as (
    select customer_id, order_id, ordered_on, paid_on,
        coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) as net,
        goods_cost, coalesce(freight_cost, 0) as freight,
        case when returned_on is null or returned_on <= date '{as_of}' then coalesce(returned_amount, 0) else 0 end as returned
    from orders
    where ordered_on <= date '{as_of}'
),
each_order as (
    select customer_id, order_id, ordered_on, max(paid_on) as paid_on,
        sum(net) as net,
        sum(case when goods_cost is not null then net - goods_cost - freight - returned end) as margin
    from lines
    group by customer_id, order_id, ordered_on
),
firsts as (
    select customer_id, min(ordered_on) as day from each_order where net > 0 group by customer_id
),
placed as (
    select o.*, case when o.ordered_on > date '{from}' then 0 else 1 end as years_back,
        o.ordered_on > f.day as again,
        cast(o.paid_on as int) - cast(o.ordered_on as int) as days
    from each_order o
    join firsts f on f.customer_id = o.customer_id
    where o.ordered_on > date '{from_before}' and o.net > 0
)
select cast(years_back as bigint) as years_back,
    count(*) filter (where again and margin is not null) as again,
    sum(case when again then margin end) as again_margin,
    count(*) filter (where not again and margin is not null) as newly,
    sum(case when not again then margin end) as newly_margin,
    count(*) filter (where paid_on is not null and paid_on <= date '{as_of}') as paid,
    count(*) filter (where paid_on <= date '{as_of}' and days > {due_days}) as late,
    sum(case when paid_on <= date '{as_of}' and days > {due_days} then net * cast(days - {due_days} as decimal(9, 0)) end) as late_days
from placed
group by years_back
order by years_back

-- part: months
-- Contract months of both years, and terms that were renewed in each.
with billed as (
    select contract_id, coalesce(monthly_amount, 0) - coalesce(monthly_cost, 0) as margin, monthly_cost is not null as told,
        case when coalesce(term_months, 0) > 0 then term_months else 12 end as term,
        started_on, least(coalesce(ended_on, date '9999-12-31'), date '{next_day}') as until
    from contracts
    where started_on <= date '{as_of}'
),
years as (
    select 0 as years_back, date '{from_next}' as begins, date '{next_day}' as ends
    union all
    select 1 as years_back, date '{from_before_next}' as begins, date '{from_next}' as ends
),
counted as (
    select y.years_back, b.*,
        (date_part('year', least(b.until, y.ends)) - date_part('year', b.started_on)) * 12
            + date_part('month', least(b.until, y.ends)) - date_part('month', b.started_on)
            + case when date_part('day', least(b.until, y.ends)) > date_part('day', b.started_on) then 1 else 0 end as to_end,
        case when y.begins > b.started_on then
            (date_part('year', y.begins) - date_part('year', b.started_on)) * 12
            + date_part('month', y.begins) - date_part('month', b.started_on)
            + case when date_part('day', y.begins) > date_part('day', b.started_on) then 1 else 0 end
            else 0 end as to_start
    from billed b
    cross join years y
    where b.started_on < y.ends and b.until > y.begins
)
select cast(years_back as bigint) as years_back,
    sum(case when told then cast(greatest(to_end - to_start, 0) as bigint) else 0 end) as months,
    sum(case when told then margin * cast(greatest(to_end - to_start, 0) as decimal(9, 0)) end) as margin,
    -- A term is renewed when the contract is still in force the day after a whole number of terms.
    sum(cast(greatest(floor((to_end - 1) / term) - floor((greatest(to_start, 1) - 1) / term), 0) as bigint)) as renewals,
    sum(margin * cast(greatest(floor((to_end - 1) / term) - floor((greatest(to_start, 1) - 1) / term), 0) * term as decimal(9, 0))) as renewed_margin
from counted
group by years_back
order by years_back

-- part: faults
select cast(case when occurred_on > date '{from}' then 0 else 1 end as bigint) as years_back,
    count(*) as reported, sum(coalesce(compensation_cost, 0)) as compensation
from incidents
where reported_on is not null and occurred_on <= date '{as_of}' and occurred_on > date '{from_before}'
group by 1
order by 1

-- part: calls
select cast(case when at >= cast(date '{from_next}' as timestamp) then 0 else 1 end as bigint) as years_back,
    count(*) as calls, sum(coalesce(minutes, 0)) as minutes
from interactions
where initiator = 'customer' and at < cast(date '{next_day}' as timestamp) and at >= cast(date '{from_before_next}' as timestamp)
group by 1
order by 1

-- part: referred
select r.referred_customer_id as customer_id,
    cast(max(case when r.referred_on > date '{from}' then 0 else 1 end) as bigint) as years_back,
    max(c.acquisition_cost) as acquisition_cost
from referrals r
left join customers c on c.customer_id = r.referred_customer_id
where r.referred_on <= date '{as_of}' and r.referred_on > date '{from_before}' and coalesce(r.referred_customer_id, '') <> ''
group by r.referred_customer_id
order by r.referred_customer_id

-- part: won
select avg(cast(c.acquisition_cost as double)) as acquisition_cost, count(*) as customers
from customers c
left join (select distinct referred_customer_id from referrals) r on r.referred_customer_id = c.customer_id
where r.referred_customer_id is null and c.acquisition_cost is not null
    and c.acquired_on > date '{from}' and c.acquired_on <= date '{as_of}'
