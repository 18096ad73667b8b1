-- Who got each activity and who did not, how did they stand before, and what did they do after?

-- part: register
-- Every activity that somebody got, how it was given, to what kind of customers, and at what cost.
with met as (
    select activity_id, customer_id, min(exposed_on) as day, sum(coalesce(exposure_cost, 0)) as cost,
        bool_or(coalesce(arm, '') = 'treated') as treated, bool_or(coalesce(arm, '') = 'control') as control
    from exposures
    where exposed_on <= date '{as_of}' and coalesce(customer_id, '') <> ''
    group by activity_id, customer_id
),
firsts as (
    select activity_id, min(day) as first_day from met group by activity_id
),
held as (
    select m.activity_id, m.customer_id
    from met m
    join contracts k on k.customer_id = m.customer_id
    where k.started_on <= m.day and (k.ended_on is null or k.ended_on > m.day)
    group by m.activity_id, m.customer_id
),
days as (
    select customer_id, ordered_on as day
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
bought as (
    select m.activity_id, m.customer_id
    from met m
    join days d on d.customer_id = m.customer_id
    where d.day <= m.day and d.day > m.day - interval '12 months'
    group by m.activity_id, m.customer_id
),
joined as (
    select activity_id, customer_id
    from (
        select m.activity_id, m.customer_id from met m join customers c on c.customer_id = m.customer_id and c.club_joined_on = m.day
        union all
        select m.activity_id, m.customer_id from met m join club_entries e on e.customer_id = m.customer_id and e."on" = m.day and e.kind = 'join'
    ) own
    group by activity_id, customer_id
),
reached as (
    select m.activity_id,
        count(*) filter (where m.treated or not m.control) as treated,
        count(*) filter (where m.control and not m.treated) as control,
        count(*) filter (where m.treated) as marked,
        count(*) as customers,
        min(m.day) as first_day, max(m.day) as last_day,
        count(*) filter (where cast(m.day as int) - cast(f.first_day as int) <= {at_once_days}) as at_once,
        max(case when cast(m.day as int) - cast(f.first_day as int) <= {at_once_days} then m.day end) as last_at_once,
        sum(m.cost) as cost,
        count(h.customer_id) as held, count(b.customer_id) as bought, count(j.customer_id) as joined
    from met m
    join firsts f on f.activity_id = m.activity_id
    left join held h on h.activity_id = m.activity_id and h.customer_id = m.customer_id
    left join bought b on b.activity_id = m.activity_id and b.customer_id = m.customer_id
    left join joined j on j.activity_id = m.activity_id and j.customer_id = m.customer_id
    group by m.activity_id
),
booked as (
    select activity_id, sum(coalesce(amount, 0)) as amount
    from costs
    where coalesce(activity_id, '') <> '' and substr(period, 1, 7) <= substr('{as_of}', 1, 7)
    group by activity_id
)
select r.*, coalesce(a.name, '') as name, coalesce(a.process, '') as process, a.ended_on, coalesce(b.amount, 0) as booked
from reached r
left join activities a on a.activity_id = r.activity_id
left join booked b on b.activity_id = r.activity_id
order by r.activity_id

-- part: unknown
-- Activities of the register that nobody is known to have got.
select a.activity_id, coalesce(a.name, '') as name
from activities a
left join (select distinct activity_id from exposures where exposed_on <= date '{as_of}') e on e.activity_id = a.activity_id
where e.activity_id is null
order by a.activity_id

-- part: costless
select cast(count(*) filter (where goods_cost is null) as double) / count(*) as share from orders where ordered_on <= date '{as_of}'

-- part: taken_up
-- Per unit: its customers today by kind, those of them who have got the activity ($1), and when the first did.
with got as (
    select customer_id, min(exposed_on) as day
    from exposures
    where activity_id = $1 and exposed_on <= date '{as_of}' and coalesce(arm, '') <> 'control'
    group by customer_id
),
today as (
    select customer_id from contracts
    where {contracts} and started_on <= date '{as_of}' and (ended_on is null or ended_on > date '{as_of}')
    union
    select customer_id from orders
    where {purchases} and ordered_on <= date '{as_of}' and ordered_on > date '{as_of}' - interval '12 months'
)
select c.unit_id, count(t.customer_id) as customers,
    count(*) filter (where t.customer_id is not null and g.customer_id is not null) as got, min(g.day) as first_day
from customers c
left join today t on t.customer_id = c.customer_id
left join got g on g.customer_id = c.customer_id
where coalesce(c.unit_id, '') <> ''
group by c.unit_id
order by c.unit_id

-- part: units
-- Each unit's customers on the first day of each period, and what became of them in the twelve months that followed.
with moments as (
    select cast(column1 as bigint) as period, cast(column2 as date) as day, cast(column3 as date) as before_day, cast(column4 as date) as until
    from (values {moments}) given
),
lines as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))
            - coalesce(goods_cost, coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) * cast({spent} as decimal(7, 6)))
            - coalesce(freight_cost, 0)
            - case when returned_on is null or returned_on <= date '{as_of}' then coalesce(returned_amount, 0) else 0 end) as margin
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
holding as (
    select k.customer_id, m.period, true as base,
        bool_or(k.ended_on is null or k.ended_on > m.until) as stayed,
        sum((coalesce(k.monthly_amount, 0) - coalesce(k.monthly_cost, coalesce(k.monthly_amount, 0) * cast({spent} as decimal(7, 6))))
            * cast(cast(least(coalesce(k.ended_on, m.until), m.until) as int) - cast(m.day as int) as decimal(9, 0))) as margin_days
    from contracts k
    join moments m on k.started_on <= m.day and (k.ended_on is null or k.ended_on > m.day)
    where {contracts}
    group by k.customer_id, m.period
),
buying as (
    select l.customer_id, m.period, bool_or(l.net > 0 and l.day <= m.day) as base, bool_or(l.net > 0 and l.day > m.day) as stayed,
        sum(case when l.day > m.day then l.margin else 0 end) as margin
    from lines l
    join moments m on l.day > m.before_day and l.day <= m.until
    where {purchases}
    group by l.customer_id, m.period
),
standing as (
    select customer_id, period, bool_or(stayed) as stayed, sum(margin_days) as margin_days, sum(margin) as margin
    from (
        select customer_id, period, base, stayed, margin_days, cast(0 as decimal(38, 10)) as margin from holding
        union all
        select customer_id, period, base, stayed, cast(0 as decimal(38, 10)), margin from buying
    ) both
    group by customer_id, period
    having bool_or(base)
),
kept as (
    select c.unit_id, s.period, count(*) as customers, count(*) filter (where s.stayed) as stayed,
        sum(s.margin_days) as margin_days, sum(s.margin) as margin
    from standing s
    join customers c on c.customer_id = s.customer_id
    where coalesce(c.unit_id, '') <> ''
    group by c.unit_id, s.period
),
said as (
    select c.unit_id, m.period, count(*) as answers, avg(cast((a.value - a.scale_min) / (a.scale_max - a.scale_min) as decimal(9, 6))) as place
    from answers a
    join customers c on c.customer_id = a.customer_id
    join moments m on cast(a.answered_at as date) > m.day and cast(a.answered_at as date) <= m.until
    where a.question = 'satisfaction' and coalesce(a.survey, 'relation') in ('relation', '') and a.scale_max > a.scale_min
        and a.value >= a.scale_min and a.value <= a.scale_max and coalesce(c.unit_id, '') <> ''
    group by c.unit_id, m.period
)
select k.unit_id, k.period, k.customers, k.stayed, cast(k.margin as double) + cast(k.margin_days as double) / 30.4375 as margin, coalesce(s.answers, 0) as answers, s.place
from kept k
left join said s on s.unit_id = k.unit_id and s.period = k.period
order by k.unit_id, k.period

-- part: people
-- Those who got the activity ($1) after {state} and by {upto}, and those they are compared with, as they stood on {state};
-- then what they did after {start} and by {until}.
with got as (
    select customer_id, min(exposed_on) as day, bool_or(coalesce(arm, '') <> 'control') as treated
    from exposures
    where activity_id = $1 and exposed_on <= date '{as_of}'
    group by customer_id
),
placed as (
    select customer_id, cast(row_number() over (order by customer_id) as bigint) - 1 as place from customers
),
days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))
            - coalesce(goods_cost, coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) * cast({spent} as decimal(7, 6)))
            - coalesce(freight_cost, 0)
            - case when returned_on is null or returned_on <= date '{as_of}' then coalesce(returned_amount, 0) else 0 end) as margin
    from orders
    where ordered_on <= date '{until}'
    group by customer_id, ordered_on
),
buying as (
    select customer_id,
        min(case when net > 0 then day end) as first_day,
        max(case when net > 0 and day <= date '{state}' then day end) as last_day,
        min(case when net > 0 and day > date '{start}' then day end) as next_day,
        count(*) filter (where net > 0 and day <= date '{state}' and day > date '{state}' - interval '3 months') as quarter,
        count(*) filter (where net > 0 and day <= date '{state}' and day > date '{state}' - interval '12 months') as before,
        count(*) filter (where net > 0 and day <= date '{state}' - interval '12 months' and day > date '{state}' - interval '24 months') as earlier,
        sum(case when day <= date '{state}' and day > date '{state}' - interval '12 months' then margin else 0 end) as margin_before,
        sum(case when day <= date '{state}' - interval '12 months' and day > date '{state}' - interval '24 months' then margin else 0 end) as margin_earlier,
        sum(case when day > date '{start}' and day <= date '{second}' then margin else 0 end) as margin_1,
        sum(case when day > date '{second}' and day <= date '{third}' then margin else 0 end) as margin_2,
        sum(case when day > date '{third}' and day <= date '{fourth}' then margin else 0 end) as margin_3,
        sum(case when day > date '{fourth}' and day <= date '{until}' then margin else 0 end) as margin_4
    from days
    group by customer_id
),
terms as (
    select customer_id, started_on, ended_on,
        coalesce(monthly_amount, 0) - coalesce(monthly_cost, coalesce(monthly_amount, 0) * cast({spent} as decimal(7, 6))) as monthly,
        (case when coalesce(term_months, 0) > 0 then cast(term_months as double) else 12.0 end) * 30.4375 as term_days,
        started_on <= date '{state}' and (ended_on is null or ended_on > date '{state}') as held
    from contracts
    where started_on <= date '{until}'
),
holding as (
    select customer_id,
        min(started_on) as first_day,
        bool_or(held) as held,
        sum(case when held then monthly else 0 end) as monthly,
        bool_or(held and cast(date '{state}' as int) - cast(started_on as int) < term_days) as young,
        max(case when held then coalesce(ended_on, date '9999-12-31') end) as last_end,
        min(case when held then term_days - ((cast(date '{start}' as int) - cast(started_on as int))
            - floor((cast(date '{start}' as int) - cast(started_on as int)) / term_days) * term_days) end) as due_days,
        sum(case when started_on > date '{start}'
            then monthly * cast(cast(least(coalesce(ended_on, date '{until}'), date '{until}') as int) - cast(started_on as int) as decimal(9, 0))
            else 0 end) as margin_new,
        sum(monthly * cast(greatest(cast(least(coalesce(ended_on, date '{state}'), date '{state}') as int)
            - cast(greatest(started_on, cast(date '{state}' - interval '12 months' as date)) as int), 0) as decimal(9, 0))) as margin_before,
        sum(monthly * cast(greatest(cast(least(coalesce(ended_on, cast(date '{state}' - interval '12 months' as date)), cast(date '{state}' - interval '12 months' as date)) as int)
            - cast(greatest(started_on, cast(date '{state}' - interval '24 months' as date)) as int), 0) as decimal(9, 0))) as margin_earlier
    from terms
    group by customer_id
),
contacted as (
    select customer_id,
        count(*) filter (where cast(at as date) <= date '{state}' and cast(at as date) > date '{state}' - interval '12 months') as before,
        count(*) filter (where cast(at as date) <= date '{state}' - interval '12 months') as earlier,
        count(*) filter (where cast(at as date) > date '{start}' and cast(at as date) <= date '{second}') as after
    from interactions
    where initiator = 'customer' and cast(at as date) > date '{state}' - interval '24 months' and cast(at as date) <= date '{until}'
    group by customer_id
),
faults as (
    select customer_id, count(*) as before
    from incidents
    where occurred_on <= date '{state}' and occurred_on > date '{state}' - interval '12 months'
    group by customer_id
),
said as (
    select customer_id,
        avg(case when cast(answered_at as date) <= date '{state}' then cast((value - scale_min) / (scale_max - scale_min) as decimal(9, 6)) end) as before,
        avg(case when cast(answered_at as date) > date '{start}' then cast((value - scale_min) / (scale_max - scale_min) as decimal(9, 6)) end) as after
    from answers
    where question = 'satisfaction' and coalesce(survey, 'relation') in ('relation', '') and scale_max > scale_min
        and value >= scale_min and value <= scale_max and coalesce(customer_id, '') <> ''
        and cast(answered_at as date) > date '{state}' - interval '24 months' and cast(answered_at as date) <= date '{until}'
    group by customer_id
)
select c.customer_id,
    coalesce(g.treated and g.day > date '{state}' and g.day <= date '{upto}', false) as treated,
    coalesce(c.kind, '') = 'company' as company,
    coalesce(h.held, false) as contract,
    coalesce(h.young, false) as young,
    coalesce(c.club_joined_on <= date '{state}', false) as club,
    cast(cast(date '{state}' as int) - cast(least(coalesce(y.first_day, h.first_day), coalesce(h.first_day, y.first_day)) as int) as double) as tenure_days,
    cast(cast(date '{state}' as int) - cast(y.last_day as int) as double) as silence_days,
    coalesce(y.quarter, 0) as purchases_quarter,
    coalesce(y.before, 0) as purchases_before,
    coalesce(y.earlier, 0) as purchases_earlier,
    coalesce(cast(y.margin_before as double), 0) + coalesce(cast(h.margin_before as double), 0) / 30.4375 as margin_before,
    coalesce(cast(y.margin_earlier as double), 0) + coalesce(cast(h.margin_earlier as double), 0) / 30.4375 as margin_earlier,
    coalesce(h.monthly, 0) as monthly,
    h.due_days,
    coalesce(t.before, 0) as contacts_before,
    coalesce(t.earlier, 0) as contacts_earlier,
    coalesce(t.after, 0) as contacts_after,
    coalesce(f.before, 0) as faults_before,
    s.before as satisfaction_before,
    s.after as satisfaction_after,
    case when h.last_end <= date '{until}' then cast(cast(h.last_end as int) - cast(date '{start}' as int) as double) end as left_days,
    cast(cast(y.next_day as int) - cast(date '{start}' as int) as double) as bought_days,
    coalesce(y.margin_1, 0) as margin_1,
    coalesce(y.margin_2, 0) as margin_2,
    coalesce(y.margin_3, 0) as margin_3,
    coalesce(cast(y.margin_4 as double), 0) + coalesce(cast(h.margin_new as double), 0) / 30.4375 as margin_4
from customers c
join placed p on p.customer_id = c.customer_id
left join got g on g.customer_id = c.customer_id
left join buying y on y.customer_id = c.customer_id
left join holding h on h.customer_id = c.customer_id
left join contacted t on t.customer_id = c.customer_id
left join faults f on f.customer_id = c.customer_id
left join said s on s.customer_id = c.customer_id
where (g.day > date '{state}' and g.day <= date '{upto}' and ({lot} or g.treated))
    or (not {lot} and (g.day is null or g.day > date '{upto}') and p.place % {parts} = {part})
order by c.customer_id
