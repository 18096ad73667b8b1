-- Which contacts took how long, did they solve it, and what became of the customers?
-- A contact counts when the customer began it and its reason, minutes and outcome are told. Large registers are read
-- for some customers only, chosen by a hash of their id: all contacts of a customer or none.

-- part: size
select count(*) as contacts,
    coalesce(cast(min(cast(at as date)) as text), '') as first_day
from interactions
where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
    and cast(at as date) <= date '{as_of}'

-- part: volumes
select reason, unit, process,
    cast(sum(contacts) as bigint) as contacts, cast(sum(firsts) as bigint) as firsts,
    cast(sum(minutes) as double) as minutes,
    count(*) filter (where firsts > 0) as customers
from (
    select reason, coalesce(unit_id, '') as unit, coalesce(process, '') as process, customer_id,
        count(*) as contacts, count(*) filter (where coalesce(repeat_of, '') = '') as firsts,
        sum(cast(minutes as decimal(18, 4))) as minutes
    from interactions
    where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
        and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
    group by 1, 2, 3, 4
) per_customer
group by 1, 2, 3
order by 1, 2, 3

-- part: pools
select coalesce(unit_id, '') as unit, coalesce(process, '') as process,
    cast(sum(coalesce(amount, 0)) as double) as amount,
    cast(sum(greatest(coalesce(capacity, 0.0), 0.0)) as double) as capacity
from costs
where driver = 'minutes' and substr(period, 1, 7) <= '{last_period}' and substr(period, 1, 7) > '{first_period}'
group by 1, 2
order by 1, 2

-- part: opening
select count(*) as hours, coalesce(cast(sum(contacts) as bigint), 0) as contacts,
    cast(sum(waited) as double) / nullif(sum(waits), 0) as mean_wait
from (
    select date_trunc('hour', at) as hour, count(*) as contacts,
        sum(cast(wait_minutes as decimal(18, 4))) as waited, count(wait_minutes) as waits
    from interactions
    where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
        and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
    group by 1
) each_hour

-- part: contacts
with calls as (
    select interaction_id, customer_id, at, reason, minutes, wait_minutes, resolved, coalesce(repeat_of, '') as repeat_of,
        coalesce(employee_group, '') as employee_group, coalesce(channel, '') as channel{extra}
    from interactions
    where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
        and coalesce(customer_id, '') <> '' and cast(at as date) <= date '{as_of}'
        and {chosen}
),
followed as (
    select distinct repeat_of from calls where repeat_of <> ''
),
said as (
    select interaction_id, avg((value - scale_min) / (scale_max - scale_min)) as said
    from answers
    where question = 'satisfaction' and coalesce(interaction_id, '') <> '' and scale_max > scale_min
        and value >= scale_min and value <= scale_max and cast(answered_at as date) <= date '{as_of}'
    group by interaction_id
),
held as (
    select customer_id, min(started_on) as started_on, max(coalesce(ended_on, date '9999-12-31')) as ended_on
    from contracts
    group by customer_id
)
select c.customer_id, c.reason, c.minutes, c.wait_minutes, c.resolved, c.employee_group, c.channel{extra_of_c},
    case when c.repeat_of = '' then 1 when coalesce(p.repeat_of, '') = '' then 2 else 3 end as attempt,
    f.repeat_of is not null as followed,
    cast(c.at as date) <= date '{ripe}' as ripe,
    coalesce(k.kind, '') = 'company' as company,
    coalesce(h.started_on <= cast(c.at as date) and h.ended_on > cast(c.at as date), false) as contract,
    s.said,
    cast(date_part('hour', c.at) as double) as hour
from calls c
left join calls p on p.interaction_id = c.repeat_of and c.repeat_of <> ''
left join followed f on f.repeat_of = c.interaction_id
left join said s on s.interaction_id = c.interaction_id
left join held h on h.customer_id = c.customer_id
left join customers k on k.customer_id = c.customer_id
order by c.customer_id, c.at, c.interaction_id

-- part: chances
contract_rows as (
    {contracts}
),
endings as (
    {endings}
),
each_chance as (
    select *, unnest(generate_series(1, chances)) as number from endings where has_term
),
dated as (
    select *, start_month + number * term as due_month,
        make_date(cast((start_month + number * term) / 12 as int), cast((start_month + number * term) % 12 + 1 as int),
            cast(start_day as int)) as due_on
    from each_chance
),
chances as (
    select d.*, coalesce(d.ended_at = d.number, false) as ended
    from dated d
    where d.due_on <= date '{as_of}' and d.due_on >= date '{seen_from}' and {chosen_d}
        and (d.ended_on is null or d.number <= d.ended_at or (d.ended_at is null and d.due_on < d.ended_on))
)

-- part: renewals
with {chances},
{traits}
select contract_id, customer_id, cast(due_on as text) as due_on, number, cast(due_month % 12 + 1 as bigint) as month, ended, term,
    cast(monthly_amount as double) as monthly_amount, cast(monthly_cost as double) as monthly_cost, {trait_columns}
from traits
order by contract_id, due_on

-- part: met_at_renewals
with {chances}
select c.contract_id, cast(c.due_on as text) as due_on, i.reason, count(*) as cases,
    count(*) filter (where not i.resolved) as failed
from chances c
join interactions i on i.customer_id = c.customer_id
where i.initiator = 'customer' and i.minutes > 0 and i.resolved is not null and coalesce(i.reason, '') <> ''
    and coalesce(i.repeat_of, '') = ''
    and cast(i.at as date) <= c.due_on and cast(i.at as date) > c.due_on - interval '12 months'
group by 1, 2, 3
order by 1, 2, 3

-- part: buyers
with days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net
    from orders
    where ordered_on <= date '{as_of}' and {chosen}
    group by customer_id, ordered_on
),
buying as (
    select customer_id, min(day) as first_day,
        max(case when day <= date '{at}' then day end) as last_day,
        count(*) filter (where day <= date '{at}' and day > date '{at}' - interval '12 months') as purchases,
        sum(case when day <= date '{at}' and day > date '{at}' - interval '12 months' then net else 0 end) as net,
        count(*) filter (where day > date '{at}') as purchases_after
    from days
    where net > 0
    group by customer_id
),
held as (
    select distinct customer_id
    from contracts
    where coalesce(term_months, 1) >= 2 and started_on <= date '{as_of}' and (ended_on is null or ended_on > date '{at}')
)
select b.customer_id, b.purchases_after = 0 as ended,
    ln(1.0 + cast(b.purchases as double)) as purchases,
    ln(1.0 + cast(b.net as double) / b.purchases) as net,
    ln(1.0 + (cast(date '{at}' as int) - cast(b.last_day as int)) / 30.0) as silence,
    ln(1.0 + (cast(date '{at}' as int) - cast(b.first_day as int)) / 365.25) as tenure,
    case when k.kind = 'company' then 1.0 else 0.0 end as company
from buying b
left join held h on h.customer_id = b.customer_id
left join customers k on k.customer_id = b.customer_id
where b.purchases > 0 and h.customer_id is null
order by b.customer_id

-- part: met_by_buyers
select customer_id, reason, count(*) as cases, count(*) filter (where not resolved) as failed
from interactions
where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
    and coalesce(repeat_of, '') = '' and coalesce(customer_id, '') <> ''
    and cast(at as date) <= date '{at}' and cast(at as date) > date '{at}' - interval '12 months'
    and {chosen}
group by 1, 2
order by 1, 2
