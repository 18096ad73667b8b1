-- When do customers begin contacts, how long do these take, and how long did they wait?
-- By hour as seconds since 1970: whose clock it is read on is decided outside.

-- part: hours
select cast(date_part('epoch', date_trunc('hour', at)) as bigint) as second,
    count(*) as contacts, count(*) filter (where coalesce(repeat_of, '') = '') as firsts,
    cast(sum(cast(minutes as decimal(18, 4))) as double) as minutes,
    coalesce(cast(sum(cast(wait_minutes as decimal(18, 4))) as double), 0) as waited, count(wait_minutes) as waits
from interactions
where initiator = 'customer' and minutes > 0 and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
group by 1
order by 1

-- part: reasons
select cast(date_part('epoch', date_trunc('hour', at)) as bigint) as second, reason,
    count(*) as firsts, count(*) filter (where resolved) as solved
from interactions
where initiator = 'customer' and minutes > 0 and resolved is not null and coalesce(reason, '') <> ''
    and coalesce(repeat_of, '') = '' and cast(at as date) <= date '{as_of}' and cast(at as date) > date '{at}'
group by 1, 2
order by 1, 2
