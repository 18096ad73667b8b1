    (
        select b.cost_id, b.month, b.process, b.use_process, b.owner_unit, b.unit_id, b.driver, b.amount,
            greatest(p.capacity, p.used) as divisor
        from {book} b
        join {pools} p on p.cost_id = b.cost_id
        where p.used > 0
    )
