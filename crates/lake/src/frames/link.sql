-- What did those who were asked say, do and bring, before and after? First which waves there are, then one row
-- per customer. "Before" and "after" are counted from each customer's own day of answer.

-- part: waves
select
    coalesce(survey, '') as survey,
    question,
    coalesce(wave, '') as wave,
    count(*) filter (where day is not null and customer_id <> '') as answers,
    count(*) filter (where day is null or coalesce(customer_id, '') = '') as unplaced,
    min(scale_min) as lowest_min,
    max(scale_min) as highest_min,
    min(scale_max) as lowest_max,
    max(scale_max) as highest_max,
    min(day) as first_day,
    max(day) as last_day
from (
    select survey, question, wave, customer_id, scale_min, scale_max, cast(answered_at as date) as day
    from answers
    where question in ('satisfaction', 'expectation', 'ideal', 'nps')
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
) said
where day is null or day <= date '{as_of}'
group by coalesce(survey, ''), question, coalesce(wave, '')
order by survey, question, wave

-- part: followed
-- How long can each customer be followed, counted from the first answer?
select months, count(*) as customers
from (
    select customer_id, min(cast(answered_at as date)) as day
    from answers
    where question = '{question}' and coalesce(survey, '') = $1 and coalesce(wave, '') = $2
        and answered_at is not null and coalesce(customer_id, '') <> ''
    group by customer_id
) first_said
join (values {limits}) as follow (months, last_start) on first_said.day <= follow.last_start
group by months
order by months

-- part: span
select
    (select min(ordered_on) from orders) as first_order,
    (select min(started_on) from contracts) as first_contract,
    coalesce((select bool_or(goods_cost is not null or freight_cost is not null) from orders), false) as order_costs,
    coalesce((select bool_or(monthly_cost is not null) from contracts), false) as contract_costs,
    coalesce((select count(*) from asked
        where ({pooled} or wave = $1) and not coalesce(never_asked_group, false)), 0) as asked

-- part: customers
with said as (
    select customer_id, nullif(unit_id, '') as unit_id, cast(answered_at as date) as day, {value} as attitude,
        coalesce(wave, '') as wave
    from (
        select *, case when scale_max > scale_min then (value - scale_min) / (scale_max - scale_min) end as place
        from answers
    ) answers
    where question in ({questions}) and coalesce(survey, '') = $1
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
        and answered_at is not null and coalesce(customer_id, '') <> ''
        and cast(answered_at as date) <= date '{as_of}'
),
answer_days as (
    select customer_id, max(day) as t
    from said
    where wave = $2 and day + interval '{months} months' <= date '{as_of}'
    group by customer_id
),
attitudes as (
    select d.customer_id, d.t, avg(s.attitude) as attitude, max(s.unit_id) as unit_id
    from answer_days d
    join said s on s.customer_id = d.customer_id and s.wave = $2
        and (case when {pooled} then s.day = d.t else s.day <= d.t end)
    group by d.customer_id, d.t
),
earlier_days as (
    select d.customer_id, max(s.day) as day
    from answer_days d
    join said s on s.customer_id = d.customer_id and s.day <= d.t - interval '11 months'
    group by d.customer_id
),
earlier as (
    select e.customer_id, avg(s.attitude) as attitude
    from earlier_days e
    join said s on s.customer_id = e.customer_id and s.day = e.day
    group by e.customer_id
),
sample as (
    select
        customer_id,
        bool_or(coalesce(never_asked_group, false)) as never_asked,
        avg(case when not coalesce(never_asked_group, false) then inclusion_probability end) as inclusion_probability
    from asked
    where {pooled} or wave = $2 or coalesce(never_asked_group, false)
    group by customer_id
),
base as (
    select
        coalesce(a.customer_id, s.customer_id) as customer_id,
        coalesce(a.t, date '{middle}') as t,
        a.attitude,
        a.unit_id,
        coalesce(s.never_asked, false) and a.customer_id is null as never_asked,
        s.inclusion_probability
    from attitudes a
    full outer join sample s on s.customer_id = a.customer_id
),
bought as (
    select
        o.customer_id,
        o.ordered_on as day,
        b.t,
        sum(coalesce(o.net_amount, 0)) as net,
        sum(coalesce(o.net_amount, 0) - coalesce(o.goods_cost, 0) - coalesce(o.freight_cost, 0)
            - case when o.returned_on is null or o.returned_on <= date '{as_of}'
                then coalesce(o.returned_amount, 0) else 0 end) as contribution
    from orders o
    join base b on b.customer_id = o.customer_id
    where o.ordered_on <= date '{as_of}'
    group by o.customer_id, o.ordered_on, b.t
),
buying as (
    select
        customer_id,
        min(day) as first_day,
        max(case when day <= t and net > 0 then day end) as last_day,
        count(*) filter (where net > 0 and day > t - interval '24 months' and day <= t - interval '12 months') as orders_earlier,
        count(*) filter (where net > 0 and day > t - interval '12 months' and day <= t) as orders_before,
        count(*) filter (where net > 0 and day > t and day <= t + interval '{months} months') as orders_after,
        sum(case when day > t - interval '24 months' and day <= t - interval '12 months' then contribution end) as contribution_earlier,
        sum(case when day > t - interval '12 months' and day <= t then contribution end) as contribution_before,
        sum(case when day > t and day <= t + interval '{months} months' then contribution end) as contribution_after
    from bought
    group by customer_id
),
terms as (
    select
        k.customer_id,
        b.t,
        k.started_on,
        case when k.ended_on <= date '{as_of}' then k.ended_on else date '9999-12-31' end as ended_on,
        k.next_renewal_on,
        coalesce(k.term_months, 0) as term_months,
        coalesce(k.monthly_amount, 0) - coalesce(k.monthly_cost, 0) as monthly
    from contracts k
    join base b on b.customer_id = k.customer_id
    where k.started_on <= date '{as_of}'
),
periods as (
    select
        *,
        {earlier_share} as earlier_share,
        {before_share} as before_share,
        {after_share} as after_share
    from terms
),
holding as (
    select
        customer_id,
        min(started_on) as first_day,
        bool_or(started_on <= t and ended_on > t) as held,
        bool_or(started_on <= t + interval '{months} months' and ended_on > t + interval '{months} months') as held_after,
        bool_or(started_on <= t and ended_on > t and ({renewal_due})) as renewal_due,
        sum(cast(12 * monthly * cast(earlier_share as decimal(12, 10)) as decimal(18, 4))) as contribution_earlier,
        sum(cast(12 * monthly * cast(before_share as decimal(12, 10)) as decimal(18, 4))) as contribution_before,
        sum(cast({months} * monthly * cast(after_share as decimal(12, 10)) as decimal(18, 4))) as contribution_after
    from periods
    group by customer_id
)
select
    b.customer_id,
    b.attitude,
    e.attitude as earlier_attitude,
    b.never_asked,
    b.inclusion_probability,
    coalesce(b.unit_id, nullif(c.unit_id, ''), '') as unit,
    coalesce(c.kind, '') = 'company' as company,
    coalesce(h.held, false) as contract,
    coalesce(h.held, false) or coalesce(y.orders_before, 0) > 0 as active,
    {tenure_days} as tenure_days,
    {recency_days} as recency_days,
    coalesce(h.renewal_due, false) as renewal_due,
    coalesce(y.orders_earlier, 0) as orders_earlier,
    coalesce(y.orders_before, 0) as orders_before,
    coalesce(y.contribution_earlier, 0) + coalesce(h.contribution_earlier, 0) as contribution_earlier,
    coalesce(y.contribution_before, 0) + coalesce(h.contribution_before, 0) as contribution_before,
    coalesce(h.held_after, false) or coalesce(y.orders_after, 0) > 0 as retained,
    coalesce(y.contribution_after, 0) + coalesce(h.contribution_after, 0) as contribution_after
from base b
left join earlier e on e.customer_id = b.customer_id
left join customers c on c.customer_id = b.customer_id
left join buying y on y.customer_id = b.customer_id
left join holding h on h.customer_id = b.customer_id
order by b.customer_id
