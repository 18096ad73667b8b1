-- What was known of everyone who was a customer a year before {as_of}, and what came in the year after?

-- part: customers
with days as (
    select customer_id, ordered_on as day,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0))) as net,
        sum(case when discount_amount is not null or list_amount is not null
            then coalesce(list_amount, net_amount + discount_amount) end) as list,
        sum(case when discount_amount is not null or list_amount is not null
            then coalesce(discount_amount, list_amount - net_amount) end) as discount,
        sum(coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) - coalesce(goods_cost, 0) - coalesce(freight_cost, 0)
            - coalesce(returned_amount, 0)) as contribution,
        bool_or(delivered_on > promised_on and delivered_on <= date '{at}') as late,
        bool_or(delivered_on is not null and promised_on is not null) as promised
    from orders
    where ordered_on <= date '{as_of}'
    group by customer_id, ordered_on
),
buying as (
    select customer_id,
        min(case when net > 0 then day end) as first_day,
        max(case when net > 0 and day <= date '{at}' then day end) as last_day,
        count(*) filter (where net > 0 and day <= date '{at}' and day > date '{before}') as purchases_before,
        count(*) filter (where net > 0 and day > date '{at}') as purchases_after,
        sum(case when day <= date '{at}' and day > date '{before}' then net end) as net_before,
        sum(case when day > date '{at}' then net end) as net_after,
        sum(case when day <= date '{at}' and day > date '{before}' then contribution end) as contribution_before,
        sum(case when day > date '{at}' then contribution end) as contribution_after,
        cast(sum(case when day <= date '{at}' and day > date '{before}' then discount end) as double)
            / cast(nullif(sum(case when day <= date '{at}' and day > date '{before}' then list end), 0) as double) as discount_before,
        cast(sum(case when day > date '{at}' then discount end) as double)
            / cast(nullif(sum(case when day > date '{at}' then list end), 0) as double) as discount_after,
        count(*) filter (where promised and day <= date '{at}' and day > date '{before}') as promised_before,
        count(*) filter (where late and day <= date '{at}' and day > date '{before}') as late_before
    from days
    group by customer_id
),
holding as (
    select customer_id,
        min(started_on) as first_day,
        bool_or(started_on <= date '{at}' and (ended_on is null or ended_on > date '{at}')) as held,
        bool_or(started_on <= date '{at}' and (ended_on is null or ended_on > date '{at}')
            and started_on > date '{before}') as young,
        bool_or(ended_on is null or ended_on > date '{as_of}') as held_after,
        sum((coalesce(monthly_amount, 0) - coalesce(monthly_cost, 0)) * cast(cast(
            (cast(least(coalesce(ended_on, date '9999-12-31'), date '{at}') as int)
            - cast(greatest(started_on, date '{before}') as int)) as double) / 30.4375 as decimal(9, 4)))
            filter (where started_on < date '{at}' and coalesce(ended_on, date '9999-12-31') > date '{before}') as contribution_before,
        sum((coalesce(monthly_amount, 0) - coalesce(monthly_cost, 0)) * cast(cast(
            (cast(least(coalesce(ended_on, date '9999-12-31'), date '{as_of}') as int)
            - cast(greatest(started_on, date '{at}') as int)) as double) / 30.4375 as decimal(9, 4)))
            filter (where coalesce(ended_on, date '9999-12-31') > date '{at}') as contribution_after
    from contracts
    where started_on <= date '{as_of}'
    group by customer_id
),
ranges as (
    select o.customer_id, count(*) as categories
    from (
        select o.customer_id, coalesce(nullif(p.category, ''), o.product_id) as category
        from orders o
        left join products p on p.product_id = o.product_id
        where o.ordered_on <= date '{at}' and o.ordered_on > date '{before}' and coalesce(o.product_id, '') <> ''
        group by 1, 2
    ) o
    group by o.customer_id
),
met as (
    select customer_id, count(*) filter (where initiator = 'us' and forward_moving) as proactive,
        count(*) filter (where initiator = 'customer') as asked
    from interactions
    where cast(at as date) <= date '{at}' and cast(at as date) > date '{before}'
    group by customer_id
),
said as (
    select customer_id,
        avg(case when scale_max > scale_min then (value - scale_min) / (scale_max - scale_min) end) as satisfaction
    from answers
    where question = 'satisfaction' and coalesce(survey, 'relation') in ('relation', '')
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
        and cast(answered_at as date) <= date '{at}' and cast(answered_at as date) > date '{before}'
    group by customer_id
),
sent as (
    select referred_customer_id as customer_id, min(referred_on) as day
    from referrals
    where coalesce(referred_customer_id, '') <> '' and referred_on <= date '{at}'
    group by referred_customer_id
),
club as (
    select customer_id, sum(case when "on" > date '{at}' then entry_cost end) as cost_after
    from club_entries
    where "on" <= date '{as_of}'
    group by customer_id
)
select c.customer_id,
    coalesce(c.kind, '') = 'company' as company,
    coalesce(h.held, false) as contract,
    coalesce(h.young, false) as young,
    cast(cast(date '{at}' as int) - cast(least(coalesce(b.first_day, h.first_day), coalesce(h.first_day, b.first_day),
        coalesce(c.acquired_on, b.first_day, h.first_day)) as int) as double) / 365.25 as tenure_years,
    cast(cast(date '{at}' as int) - cast(b.last_day as int) as double) as silence_days,
    coalesce(b.purchases_before, 0) as purchases_before,
    coalesce(b.purchases_after, 0) as purchases_after,
    coalesce(cast(b.net_before as double), 0) as net_before,
    coalesce(cast(b.net_after as double), 0) as net_after,
    coalesce(cast(b.contribution_before as double), 0) + coalesce(cast(h.contribution_before as double), 0) as contribution_before,
    coalesce(cast(b.contribution_after as double), 0) + coalesce(cast(h.contribution_after as double), 0) as contribution_after,
    b.discount_before, b.discount_after,
    coalesce(b.promised_before, 0) as promised_before,
    coalesce(b.late_before, 0) as late_before,
    coalesce(h.held, false) and coalesce(h.held_after, false) or coalesce(b.purchases_after, 0) > 0 as retained,
    coalesce(r.categories, 0) as categories,
    coalesce(m.proactive, 0) as proactive,
    coalesce(m.asked, 0) as asked,
    s.satisfaction,
    e.day is not null or coalesce(c.acquisition_channel, '') in ('referral', 'recommendation') as referred,
    coalesce(c.club_joined_on <= date '{at}' - interval '3 months', false) as member_before,
    coalesce(c.club_joined_on <= date '{at}' and c.club_joined_on > date '{at}' - interval '3 months', false) as joined,
    coalesce(cast(k.cost_after as double), 0) as club_cost_after
from customers c
left join buying b on b.customer_id = c.customer_id
left join holding h on h.customer_id = c.customer_id
left join ranges r on r.customer_id = c.customer_id
left join met m on m.customer_id = c.customer_id
left join said s on s.customer_id = c.customer_id
left join sent e on e.customer_id = c.customer_id
left join club k on k.customer_id = c.customer_id
where coalesce(h.held, false) or coalesce(b.purchases_before, 0) > 0
order by c.customer_id

-- part: span
-- How long had the ledger been kept a year ago?
select cast(cast(date '{at}' as int) - cast(min(day) as int) as double) as days
from (
    select min(ordered_on) as day from orders where ordered_on <= date '{as_of}'
    union all
    select min(started_on) as day from contracts where started_on <= date '{as_of}'
) firsts

-- part: won
-- What a won customer has cost, over those of the last two years whose cost is booked.
select count(*) as customers, avg(cast(acquisition_cost as double)) as mean_cost,
    stddev(cast(acquisition_cost as double)) as spread
from customers
where acquired_on <= date '{as_of}' and acquired_on > date '{as_of}' - interval '24 months' and acquisition_cost is not null

-- part: steps
-- Of those with a first purchase, how many bought again within a year; of those with a second, how many a third time?
with days as (
    select customer_id, ordered_on as day
    from orders
    where ordered_on <= date '{as_of}' and coalesce(net_amount, list_amount - coalesce(discount_amount, 0)) > 0
    group by customer_id, ordered_on
),
firsts as (
    select customer_id, min(day) as day from days group by customer_id
),
seconds as (
    select f.customer_id, f.day as first_day, min(d.day) as day
    from firsts f
    left join days d on d.customer_id = f.customer_id and d.day > f.day
    group by f.customer_id, f.day
),
thirds as (
    select s.customer_id, s.day as second_day, min(d.day) as day
    from seconds s
    left join days d on d.customer_id = s.customer_id and d.day > s.day
    where s.day <= s.first_day + interval '12 months'
    group by s.customer_id, s.day
)
select 'second' as step, count(*) as customers, count(*) filter (where day <= first_day + interval '12 months') as bought
from seconds
where first_day <= date '{at}' and first_day > (select min(day) from days) + interval '3 months'
union all
select 'third' as step, count(*) as customers, count(*) filter (where t.day <= t.second_day + interval '12 months') as bought
from thirds t
join firsts f on f.customer_id = t.customer_id
where t.second_day <= date '{at}' and f.day > (select min(day) from days) + interval '3 months'
order by step
