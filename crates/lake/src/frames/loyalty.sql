-- How does each customer stand on a day: what was last said, what is done, what binds, and what came after?

-- part: surveys
select coalesce(survey, '') as survey, count(*) as answers
from answers
where question in ({questions})
    and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
    and answered_at is not null and coalesce(customer_id, '') <> ''
    and cast(answered_at as date) <= date '{as_of}'
group by coalesce(survey, '')
order by survey

-- part: span
select min(day) as first_day
from (
    select min(ordered_on) as day from orders
    union all
    select min(started_on) as day from contracts
) starts

-- part: customers
with said as (
    select customer_id, cast(answered_at as date) as day, question,
        case when scale_max > scale_min then (value - scale_min) / (scale_max - scale_min) end as place
    from answers
    where question in ({questions}) and coalesce(survey, '') = $1
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
        and answered_at is not null and coalesce(customer_id, '') <> ''
        and cast(answered_at as date) <= date '{at}'
        and cast(answered_at as date) > date '{at}' - interval '{months} months'
),
latest as (
    select customer_id, max(day) as day from said group by customer_id
),
answered as (
    select s.customer_id, max(l.day) as day,
        {answers}
    from said s
    join latest l on l.customer_id = s.customer_id and l.day = s.day
    group by s.customer_id
),
days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net
    from orders
    where ordered_on <= date '{until}'
    group by customer_id, ordered_on
),
buying as (
    select
        customer_id,
        min(case when net > 0 then day end) as first_day,
        max(case when net > 0 and day <= date '{at}' then day end) as last_day,
        count(*) filter (where net > 0 and day <= date '{at}') as purchases,
        count(*) filter (where net > 0 and day <= date '{at}' and day > date '{at}' - interval '12 months') as purchases_year,
        count(*) filter (where net > 0 and day <= date '{at}' - interval '12 months'
            and day > date '{at}' - interval '24 months') as purchases_before,
        count(*) filter (where net > 0 and day > date '{at}') as purchases_after
    from days
    group by customer_id
),
each_order as (
    select customer_id, order_id, max(seller_id) as seller_id
    from orders
    where ordered_on <= date '{at}' and ordered_on > date '{at}' - interval '24 months'
    group by customer_id, order_id
),
sellers as (
    select customer_id, seller_id, count(*) as orders
    from each_order
    where coalesce(seller_id, '') <> ''
    group by customer_id, seller_id
),
seller as (
    select customer_id, max(orders) as top, sum(orders) as served from sellers group by customer_id
),
terms as (
    select customer_id, started_on, notice_days,
        case when coalesce(term_months, 0) > 0 then term_months else 12 end as term,
        case when ended_on <= date '{until}' then ended_on else date '9999-12-31' end as ended_on,
        (date_part('year', date '{at}') - date_part('year', started_on)) * 12
            + date_part('month', date '{at}') - date_part('month', started_on)
            - case when date_part('day', date '{at}') < date_part('day', started_on) then 1 else 0 end as age
    from contracts
    where started_on <= date '{until}'
),
holding as (
    select
        customer_id,
        min(started_on) as first_day,
        bool_or(started_on <= date '{at}' and ended_on > date '{at}') as held,
        bool_or(started_on <= date '{at}' and ended_on > date '{at}' and age >= term) as renewed,
        bool_or(started_on <= date '{at}' and ended_on > date '{at}' and cast(age as bigint) % cast(term as bigint) >= term - 12)
            as renewal_due,
        bool_or(ended_on > date '{until}') as held_after,
        max(case when started_on <= date '{at}' and ended_on > date '{at}' then notice_days end) as notice_days,
        max(case when started_on <= date '{at}' and ended_on > date '{at}' then term - cast(age as bigint) % cast(term as bigint) end)
            as bound_months
    from terms
    group by customer_id
)
select
    c.customer_id,
    coalesce(c.kind, '') = 'company' as company,
    cast(cast(date '{at}' as int) - cast(least(coalesce(y.first_day, h.first_day), coalesce(h.first_day, y.first_day)) as int)
        as double) as tenure_days,
    cast(cast(date '{at}' as int) - cast(y.first_day as int) as double) as first_days_ago,
    cast(cast(date '{at}' as int) - cast(y.last_day as int) as double) as last_days_ago,
    coalesce(y.purchases, 0) as purchases,
    coalesce(y.purchases_year, 0) as purchases_year,
    coalesce(y.purchases_before, 0) as purchases_before,
    coalesce(y.purchases_after, 0) as purchases_after,
    coalesce(h.held, false) as contract,
    coalesce(h.renewed, false) as renewed,
    coalesce(h.renewal_due, false) as renewal_due,
    coalesce(h.held_after, false) or coalesce(y.purchases_after, 0) > 0 as retained,
    cast(h.notice_days as double) as notice_days,
    cast(h.bound_months as double) as bound_months,
    {switching} as switching_cost,
    cast(s.top as double) / cast(s.served as double) as seller_share,
    coalesce(s.served, 0) as seller_orders,
    cast(cast(date '{at}' as int) - cast(a.day as int) as double) as answer_days_ago,
    {columns}
from customers c
left join buying y on y.customer_id = c.customer_id
left join holding h on h.customer_id = c.customer_id
left join seller s on s.customer_id = c.customer_id
left join answered a on a.customer_id = c.customer_id
where y.first_day <= date '{at}' or h.first_day <= date '{at}'
order by c.customer_id
