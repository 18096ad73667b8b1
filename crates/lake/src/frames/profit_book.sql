-- The rows of the books up to the last whole month, one row per unit of ours that the cost covers: its own unit and
-- those below it. A cost without a unit covers all ('' in unit_id).
with cost_rows as (
    select cost_id,
        cast(substr(period, 1, 4) as int) * 12 + cast(substr(period, 6, 2) as int) - 1 as month,
        substr(period, 1, 7) as period,
        coalesce(process, '') as process,
        case when driver = 'minutes' then coalesce(process, '') else '' end as use_process,
        coalesce(pool, '') as pool,
        coalesce(unit_id, '') as owner_unit,
        coalesce(driver, 'none') as driver,
        coalesce(amount, 0) as amount,
        greatest(coalesce(capacity, 0.0), 0.0) as capacity
    from costs
    where substr(period, 1, 7) <= '{last_period}'
),
unit_scope as (
    select owner_unit as scope, owner_unit as unit_id from cost_rows
    union
    select a.parent_id, a.unit_id from units a where a.parent_id <> ''
    union
    select b.parent_id, a.unit_id from units a join units b on a.parent_id = b.unit_id where b.parent_id <> ''
    union
    select c.parent_id, a.unit_id
    from units a join units b on a.parent_id = b.unit_id join units c on b.parent_id = c.unit_id
    where c.parent_id <> ''
)
select r.*, s.unit_id
from cost_rows r
join unit_scope s on s.scope = r.owner_unit
