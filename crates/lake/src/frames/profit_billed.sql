-- How often has each contract been billed up to as_of, and how many whole months ago did it start?
    select customer_id, coalesce(monthly_amount, 0) as monthly_amount, monthly_cost, age_months,
        greatest(0, cast(
            (date_part('year', last_day) - date_part('year', started_on)) * 12
            + date_part('month', last_day) - date_part('month', started_on)
            - case when date_part('day', last_day) < date_part('day', started_on) then 1 else 0 end + 1
            as bigint)) as bills
    from (
        select customer_id, monthly_amount, monthly_cost, started_on,
            least(coalesce(ended_on - interval '1 day', date '{as_of}'), date '{as_of}') as last_day,
            cast((date_part('year', date '{as_of}') - date_part('year', started_on)) * 12
                + date_part('month', date '{as_of}') - date_part('month', started_on)
                - case when date_part('day', date '{as_of}') < date_part('day', started_on) then 1 else 0 end
                as bigint) as age_months
        from contracts
        where started_on <= date '{as_of}'
    ) as running
