-- What went wrong, who told whom, how did it end, and what did the customers do before and after?

-- part: lists
-- How many faults does the register hold, by who knew of them?
select coalesce(kind, '') as kind, coalesce(severity, 0) as severity,
    coalesce(reported_on <= date '{as_of}', false) as reported,
    coalesce(known_from, '') = 'operations' as caught,
    coalesce(known_from, '') in ('survey', 'social') as heard,
    count(*) as faults,
    count(*) filter (where occurred_on > date '{as_of}' - interval '12 months') as faults_year
from incidents
where occurred_on <= date '{as_of}'
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5

-- part: endings
-- What became of those that were reported, in our own view and in the customer's?
select
    coalesce(resolved_on <= date '{as_of}', false) as closed,
    case when resolved_well is null then '' when resolved_well then 'well' else 'badly' end as word,
    count(*) as faults,
    sum(coalesce(compensation_cost, 0)) as compensation,
    avg(cast(cast(resolved_on as int) - cast(reported_on as int) as double)) as days,
    count(*) filter (where coalesce(our_account, '') <> '') as our_accounts,
    count(*) filter (where coalesce(customers_account, '') <> '') as their_accounts,
    count(*) filter (where coalesce(our_account, '') <> '' and coalesce(customers_account, '') <> '') as both_accounts
from incidents
where occurred_on <= date '{as_of}' and reported_on <= date '{as_of}'
group by 1, 2
order by 1, 2

-- part: agreement
-- Our word on whether a contact solved it against the customer's word on the same contact.
select ours, theirs, count(*) as contacts
from (
    select i.interaction_id, bool_or(i.resolved) as ours,
        avg(case when a.scale_max > a.scale_min then (a.value - a.scale_min) / (a.scale_max - a.scale_min) else a.value end)
            >= 0.5 as theirs
    from interactions i
    join answers a on a.interaction_id = i.interaction_id
    where a.question = 'problem_solved' and a.value is not null and i.resolved is not null
        and cast(a.answered_at as date) <= date '{as_of}'
    group by i.interaction_id
) compared
group by ours, theirs
order by ours, theirs

-- part: survey
-- Of those who say in a survey that they had a problem, how many say that they told us?
select count(*) as problems, count(*) filter (where told >= 0.5) as told
from (
    select coalesce(nullif(response_id, ''), answer_id) as response,
        max(case when question = 'had_problem' then value end) as had,
        max(case when question = 'told_us' then value end) as told
    from answers
    where question in ('had_problem', 'told_us') and value is not null
        and cast(answered_at as date) <= date '{as_of}'
    group by 1
) said
where had >= 0.5 and told is not null

-- part: late
-- Deliveries that we know were late, and whether the customer complained of them.
select count(*) as deliveries, count(*) filter (where late) as late,
    count(*) filter (where late and told) as told
from (
    select o.order_id, o.customer_id, bool_or(o.delivered_on > o.promised_on) as late, coalesce(bool_or(i.told), false) as told
    from orders o
    left join (
        select order_id, bool_or(coalesce(reported_on <= date '{as_of}', false)) as told
        from incidents
        where coalesce(order_id, '') <> '' and occurred_on <= date '{as_of}'
        group by order_id
    ) i on i.order_id = o.order_id
    where o.delivered_on is not null and o.promised_on is not null and o.delivered_on <= date '{as_of}'
    group by o.order_id, o.customer_id
) sent

-- part: customers
-- Everyone who was a customer at {at}: what they met in the months before it, how they stood, what came.
-- Only who is still there can meet a fault, so a fault is a sign of life. It counts where it can be no such sign: for
-- those whose contract was in force, and, for others, when it hangs on an order, with the last order's age held still.
with days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        bool_or(delivered_on is not null and coalesce(partner_id, '') <> '') as shipped
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
buying as (
    select customer_id,
        min(case when net > 0 then day end) as first_day,
        max(case when net > 0 and day <= date '{at}' then day end) as last_day,
        count(*) filter (where net > 0 and day <= date '{before}' and day > date '{before}' - interval '12 months') as purchases_before,
        count(*) filter (where net > 0 and day > date '{before}' and day <= date '{at}') as purchases_meanwhile,
        count(*) filter (where shipped and day > date '{before}' and day <= date '{at}') as shipped_meanwhile,
        count(*) filter (where net > 0 and day <= date '{at}' and day > date '{at}' - interval '12 months') as purchases_year,
        count(*) filter (where net > 0 and day > date '{at}') as purchases_after
    from days
    group by customer_id
),
holding as (
    select customer_id,
        min(started_on) as first_day,
        bool_or(started_on <= date '{at}' and (ended_on is null or ended_on > date '{at}')) as held,
        bool_or(ended_on is null or ended_on > date '{as_of}') as held_after,
        bool_or(started_on > date '{at}' - interval '12 months') as young
    from contracts
    where started_on <= date '{at}'
    group by customer_id
),
faults as (
    select i.customer_id,
        count(*) as faults,
        max(coalesce(i.severity, 0)) as severity,
        bool_or(i.reported_on is null or i.reported_on > date '{at}') as silent,
        bool_or(i.reported_on <= date '{at}'
            and (i.resolved_well = false or i.resolved_on is null or i.resolved_on > date '{as_of}')) as badly,
        bool_or(i.reported_on <= date '{at}' and i.resolved_on is not null and i.resolved_well is null) as unsaid,
        bool_or(i.reported_on <= date '{at}' and i.resolved_well) as well
    from incidents i
    left join holding h on h.customer_id = i.customer_id
    where i.occurred_on <= date '{at}' and i.occurred_on > date '{before}' and coalesce(i.customer_id, '') <> ''
        and (coalesce(h.held, false) or coalesce(i.order_id, '') <> '')
    group by i.customer_id
),
contacted as (
    select customer_id, count(*) as contacts
    from interactions
    where initiator = 'customer' and cast(at as date) <= date '{before}'
        and cast(at as date) > date '{before}' - interval '12 months'
    group by customer_id
),
said as (
    select customer_id, cast(answered_at as date) as day,
        case when scale_max > scale_min then (value - scale_min) / (scale_max - scale_min) end as place
    from answers
    where question = 'satisfaction' and coalesce(survey, 'relation') in ('relation', '')
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
        and coalesce(customer_id, '') <> '' and answered_at is not null and cast(answered_at as date) <= date '{as_of}'
),
satisfied as (
    select customer_id,
        avg(case when day > date '{at}' - interval '2 months' and day <= date '{at}' + interval '2 months' then place end) as said_after,
        avg(case when day <= date '{before}' then place end) as said_before
    from said
    group by customer_id
)
select
    c.customer_id,
    case when f.faults is null then 'none'
        when f.badly then 'badly'
        when f.silent then 'silent'
        when f.unsaid then 'unsaid'
        else 'well' end as met,
    coalesce(f.severity, 0) as severity,
    coalesce(f.faults, 0) as faults,
    coalesce(c.kind, '') = 'company' as company,
    coalesce(h.held, false) as contract,
    coalesce(h.young, false) as young,
    cast(cast(date '{at}' as int) - cast(least(coalesce(y.first_day, h.first_day), coalesce(h.first_day, y.first_day)) as int)
        as double) as tenure_days,
    coalesce(cast(cast(date '{at}' as int) - cast(y.last_day as int) as double), 0) as silence_days,
    coalesce(y.purchases_before, 0) as purchases_before,
    coalesce(y.purchases_meanwhile, 0) as purchases_meanwhile,
    coalesce(y.shipped_meanwhile, 0) as shipped_meanwhile,
    coalesce(k.contacts, 0) as contacts_before,
    coalesce(y.purchases_after, 0) as purchases_after,
    coalesce(h.held_after, false) and coalesce(h.held, false) or coalesce(y.purchases_after, 0) > 0 as retained,
    s.said_before as satisfaction_before,
    s.said_after as satisfaction_after
from customers c
left join buying y on y.customer_id = c.customer_id
left join holding h on h.customer_id = c.customer_id
left join faults f on f.customer_id = c.customer_id
left join contacted k on k.customer_id = c.customer_id
left join satisfied s on s.customer_id = c.customer_id
where (coalesce(h.held, false) or coalesce(y.purchases_year, 0) > 0)
order by c.customer_id

-- part: course
-- Purchases and contracts by quarter of a year before and after the first fault of the year that ends at {at}, by how
-- it ended; those who met none are followed around the middle of that year.
with first_fault as (
    select customer_id, min(occurred_on) as day
    from incidents
    where occurred_on <= date '{at}' and occurred_on > date '{at}' - interval '12 months' and coalesce(customer_id, '') <> ''
    group by customer_id
),
endings as (
    select i.customer_id, f.day,
        case when bool_or(i.reported_on is not null and (i.resolved_well = false or i.resolved_on is null)) then 'badly'
            when bool_or(i.reported_on is null) then 'silent'
            when bool_or(i.resolved_well is null) then 'unsaid'
            else 'well' end as met
    from incidents i
    join first_fault f on f.customer_id = i.customer_id and f.day = i.occurred_on
    group by i.customer_id, f.day
),
people as (
    select c.customer_id, coalesce(e.met, 'none') as met, coalesce(e.day, date '{at}' - interval '6 months') as day
    from customers c
    left join endings e on e.customer_id = c.customer_id
),
days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
placed as (
    select p.customer_id, p.met,
        cast(floor((cast(d.day as int) - cast(p.day as int)) / 91.0) as bigint) as quarter
    from people p
    join days d on d.customer_id = p.customer_id
    where d.net > 0 and d.day <> p.day
        and cast(d.day as int) - cast(p.day as int) >= -364 and cast(d.day as int) - cast(p.day as int) < 364
),
earlier as (
    select distinct customer_id from placed where quarter < 0
),
bought as (
    select p.customer_id, p.met, p.quarter, count(*) as purchases
    from placed p
    join earlier e on e.customer_id = p.customer_id
    group by 1, 2, 3
),
per_group as (
    select met, quarter, sum(purchases) as purchases, count(*) as buyers from bought group by 1, 2
),
sizes as (
    select p.met, count(*) as people
    from people p
    join earlier e on e.customer_id = p.customer_id
    group by p.met
)
select g.met, g.quarter, g.purchases, g.buyers, s.people
from per_group g
join sizes s on s.met = g.met
where g.quarter between -4 and 3
order by g.met, g.quarter
