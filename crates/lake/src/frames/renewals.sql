-- Every chance of a contract to end, with what was so at the time, and the contracts in force at two dates.
-- A contract with a term of two months or more has its chance at each renewal; one without, each month.
-- An end within a month of a renewal is an end at that renewal; other ends of contracts with a term lie between.

-- part: contracts
    select c.contract_id, c.customer_id, c.started_on,
        cast(coalesce(c.term_months, 1) >= 2 as boolean) as has_term,
        greatest(cast(coalesce(c.term_months, 1) as bigint), 1) as term,
        cast(date_part('year', c.started_on) * 12 + date_part('month', c.started_on) - 1 as bigint) as start_month,
        least(cast(date_part('day', c.started_on) as bigint), 28) as start_day,
        case when c.ended_on <= date '{as_of}' then c.ended_on end as ended_on,
        case when c.ended_on <= date '{as_of}' then coalesce(c.end_reason, 'unknown') else '' end as end_reason,
        case when c.ended_on <= date '{as_of}'
            then (cast(c.ended_on as int) - cast(c.started_on as int)) / 30.4375 end as months_lived,
        c.next_renewal_on, c.monthly_amount, c.monthly_cost,
        case when k.kind = 'company' then 1.0 else 0.0 end as company,
        case when c.notice_days > 90 then 1.0 else 0.0 end as long_notice
    from contracts c
    left join customers k on k.customer_id = c.customer_id
    where c.started_on <= date '{as_of}'
-- part: endings
    select *,
        case when ended_on is null then null
            when not has_term then greatest(cast(round(months_lived) as bigint), 1)
            when abs(months_lived - term * round(months_lived / term)) <= 1.05 and round(months_lived / term) >= 1
                then cast(round(months_lived / term) as bigint) end as ended_at,
        (cast({month_of_as_of} as bigint) - start_month) / term as chances
    from contract_rows
-- part: register
select cast(coalesce(min(ended_on), date '{as_of}') as date) as first_end,
    count(*) as contracts,
    cast(sum(case when ended_on <= date '{as_of}' then 1 else 0 end) as bigint) as ended
from contracts
where started_on <= date '{as_of}'
-- part: decisions
with contract_rows as (
    {contracts}
),
endings as (
    {endings}
),
each_chance as (
    select *, unnest(generate_series(1, chances)) as number from endings
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
    where d.due_on <= date '{as_of}' and d.due_on >= date '{register_start}'
        and (d.ended_on is null or d.number <= d.ended_at or (d.ended_at is null and d.due_on < d.ended_on))
),
{traits}
select has_term, least(number, 120) as number, cast(due_month % 12 + 1 as bigint) as month,
    due_on > date '{opening}' as recent,
    {trait_columns},
    count(*) as at_risk,
    cast(sum(case when ended then 1 else 0 end) as bigint) as ended,
    cast(sum(case when ended and end_reason not in ('merger', 'ceased', 'we_ended') then 1 else 0 end) as bigint)
        as ended_influenceable
from traits
group by 1, 2, 3, 4, {trait_numbers}
order by 1, 2, 3, 4, {trait_numbers}
-- part: running
with contract_rows as (
    {contracts}
),
endings as (
    {endings}
),
in_force as (
    select *,
        case when not has_term then 1 + cast({month_of_day} as bigint) - start_month
            else greatest((cast({month_of_day} as bigint) - start_month) / term, 0) + 1 end as number
    from endings
    where started_on <= date '{day}' and (ended_on is null or ended_on > date '{day}')
),
chances as (
    select *, date '{day}' as due_on,
        greatest(start_month + number * term - cast({month_of_day} as bigint) - 1, 0) as months_by_term
    from in_force
),
{traits}
select contract_id, customer_id, number, term, has_term,
    case when has_term and {day_is_last} and next_renewal_on > date '{day}'
        then greatest(cast(date_part('year', next_renewal_on) * 12 + date_part('month', next_renewal_on) - 1 as bigint)
            - cast({month_of_day} as bigint) - 1, 0)
        else months_by_term end as months_to_next,
    monthly_amount, monthly_cost, end_reason, started_on > date '{opening}' as started_after_opening,
    {trait_columns}
from traits
order by contract_id
-- part: between
with contract_rows as (
    {contracts}
),
endings as (
    {endings}
)
select cast(sum(case when has_term then greatest(
        cast(coalesce(date_part('year', ended_on) * 12 + date_part('month', ended_on) - 1, {month_of_as_of}) as bigint)
        - greatest(start_month, {month_of_register})
        - (cast(coalesce(date_part('year', ended_on) * 12 + date_part('month', ended_on) - 1, {month_of_as_of}) as bigint)
            - start_month) / term, 0) else 0 end) as bigint) as months_between,
    cast(sum(case when has_term and ended_on is not null and ended_at is null then 1 else 0 end) as bigint) as ends_between
from endings
-- part: traits
bad as (
    select c.contract_id, c.due_on, count(*) as n
    from chances c
    join incidents i on i.customer_id = c.customer_id
    where c.has_term and i.severity >= 4 and not coalesce(i.resolved_well, false)
        and i.occurred_on <= c.due_on and i.occurred_on > c.due_on - interval '12 months'
    group by 1, 2
),
unsolved as (
    select c.contract_id, c.due_on, count(*) as n
    from chances c
    join (
        select customer_id, cast(at as date) as day from interactions
        where resolved = false and coalesce(repeat_of, '') = '' and customer_id is not null
    ) as i on i.customer_id = c.customer_id
    where c.has_term and i.day <= c.due_on and i.day > c.due_on - interval '12 months'
    group by 1, 2
),
gone as (
    select c.contract_id, c.due_on, count(*) as n
    from chances c
    join contacts p on p.customer_id = c.customer_id
    where c.has_term and p.role in ('decides', 'champions')
        and p.left_on <= c.due_on and p.left_on > c.due_on - interval '12 months'
    group by 1, 2
),
stress as (
    select "from" as stress_from, coalesce("to", date '{as_of}') as stress_to from outside_events
    where kind = 'stress_period' and customer_id is null and segment is null and "from" is not null
),
stressed as (
    select distinct d.due_on
    from (select distinct due_on from chances) as d
    join stress s on d.due_on between s.stress_from and s.stress_to
),
traits as (
    select c.*,
        case when b.n > 0 then 1.0 else 0.0 end as bad_incident,
        cast(least(coalesce(u.n, 0), 3) as double) as unsolved,
        case when g.n > 0 then 1.0 else 0.0 end as key_person_left,
        case when s.due_on is not null then 1.0 else 0.0 end as stress
    from chances c
    left join bad b on b.contract_id = c.contract_id and b.due_on = c.due_on
    left join unsolved u on u.contract_id = c.contract_id and u.due_on = c.due_on
    left join gone g on g.contract_id = c.contract_id and g.due_on = c.due_on
    left join stressed s on s.due_on = c.due_on
)
