-- Who answered what: first which questions there are, then one row per response with one column per question.

-- part: questions
select
    coalesce(survey, '') as survey,
    question,
    count(*) filter (where fits) as answers,
    count(*) filter (where not fits) as outside,
    min(scale_min) as lowest_min,
    max(scale_min) as highest_min,
    min(scale_max) as lowest_max,
    max(scale_max) as highest_max,
    min(day) as first_day,
    max(day) as last_day
from (
    select
        survey, question, scale_min, scale_max,
        cast(answered_at as date) as day,
        value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value) as fits
    from answers
    where value is not null and not isnan(value)
) said
where day is null or (day <= date '{as_of}' and day > date '{as_of}' - interval '{months} months')
group by coalesce(survey, ''), question
order by survey, question

-- part: responses
with said as (
    select
        coalesce(
            nullif(response_id, ''),
            nullif(concat(coalesce(customer_id, ''), '|', coalesce(wave, ''), '|', coalesce(cast(cast(answered_at as date) as varchar), '')), '||'),
            answer_id
        ) as response,
        nullif(customer_id, '') as customer_id,
        nullif(unit_id, '') as unit_id,
        {weight} as weight,
        question,
        value,
        case when scale_max > scale_min then 10.0 * (value - scale_min) / (scale_max - scale_min) end as rescaled,
        cast(answered_at as date) as day
    from answers
    where value is not null and not isnan(value)
        and value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value)
        and coalesce(survey, '') = $1
),
responses as (
    select
        response,
        max(customer_id) as customer_id,
        max(unit_id) as unit_id,
        max(weight) as weight,
        max(day) as last_day,
        {ratings}
    from said
    where day is null or (day <= date '{as_of}' and day > date '{as_of}' - interval '{months} months')
    group by response
),
latest as (
    select coalesce(customer_id, response) as person, max(last_day) as last_day
    from responses
    where a0 is not null
    group by coalesce(customer_id, response)
)
-- Each customer counts once, by the latest response: several of the same customer say less than as many customers.
select
    r.*,
    coalesce(r.customer_id, '') as customer,
    coalesce(r.unit_id, nullif(c.unit_id, ''), '') as unit
from responses r
join latest l on l.person = coalesce(r.customer_id, r.response)
    and (l.last_day = r.last_day or l.last_day is null)
left join customers c on c.customer_id = r.customer_id
where r.a0 is not null
order by r.response
