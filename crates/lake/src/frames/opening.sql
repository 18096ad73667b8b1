-- When do customers begin contacts, how long do these take, and how long did they wait?

-- part: hours
select cast(cast(at as date) as text) as day, cast(date_part('hour', at) as bigint) as hour,
    count(*) as contacts, count(*) filter (where coalesce(repeat_of, '') = '') as firsts,
    cast(sum(cast(minutes as decimal(18, 4))) as double) as minutes,
    coalesce(cast(sum(cast(wait_minutes as decimal(18, 4))) as double), 0) as waited, count(wait_minutes) as waits
from interactions
where initiator = 'customer' and minutes > 0 and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
group by 1, 2
order by 1, 2

-- part: reasons
select cast(date_part('dow', at) as bigint) as dow, cast(date_part('hour', at) as bigint) as hour, reason,
    count(*) as firsts, count(*) filter (where resolved) as solved
from interactions
where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
    and coalesce(repeat_of, '') = '' and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
group by 1, 2, 3
order by 1, 2, 3
