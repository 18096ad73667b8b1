//! Do the rows add up to the books?

use crate::company::small;

#[test]
fn order_lines_add_up_to_the_ore() {
    let made = small(800, 21);
    let orders = made.valid_orders();
    let books = &made.truth.books;
    let sum = |column| {
        orders
            .rows
            .iter()
            .map(|row| orders.ore(row, column))
            .sum::<i64>()
    };
    assert_eq!(orders.rows.len() as u64, books.order_lines);
    assert_eq!(sum("list_amount"), books.list_ore);
    assert_eq!(sum("discount_amount"), books.discount_ore);
    assert_eq!(sum("net_amount"), books.net_ore);
    assert_eq!(sum("goods_cost"), books.goods_ore);
    assert_eq!(sum("freight_cost"), books.freight_ore);
    assert_eq!(sum("returned_amount"), books.returned_ore);
    assert_eq!(books.list_ore - books.discount_ore, books.net_ore);
}

#[test]
fn costs_add_up_in_total_and_by_process() {
    let made = small(800, 22);
    let costs = made.sheet("costs");
    let books = &made.truth.books;
    let total: i64 = costs.rows.iter().map(|row| costs.ore(row, "amount")).sum();
    let idle: i64 = costs
        .rows
        .iter()
        .filter(|row| costs.text(row, "driver") == "none")
        .map(|row| costs.ore(row, "amount"))
        .sum();
    assert_eq!(total, books.costs_ore);
    assert_eq!(idle, books.costs_without_driver_ore);
    assert_eq!(books.costs_by_process_ore.values().sum::<i64>(), total);
    assert!(books.costs_by_process_ore.len() >= 4);
}

#[test]
fn no_pool_is_used_beyond_its_capacity() {
    let made = small(800, 23);
    let costs = made.sheet("costs");
    let interactions = made.sheet("interactions");
    let mut minutes = std::collections::BTreeMap::<String, f64>::new();
    for row in &interactions.rows {
        if interactions.text(row, "unit_id") == "KS" {
            let month = interactions.text(row, "at")[..7].to_string();
            *minutes.entry(month).or_default() += interactions.number(row, "minutes");
        }
    }
    let mut checked = 0;
    for row in costs
        .rows
        .iter()
        .filter(|row| costs.text(row, "pool") == "kundservice")
    {
        let used = minutes
            .get(costs.text(row, "period"))
            .copied()
            .unwrap_or(0.0);
        assert!(
            used <= costs.number(row, "capacity") + 1e-6,
            "{row:?} {used}"
        );
        checked += 1;
    }
    assert_eq!(checked, 36);
}

#[test]
fn exposures_club_and_compensation_add_up() {
    let made = small(800, 24);
    let books = &made.truth.books;
    for (table, column, expected) in [
        ("exposures", "exposure_cost", books.exposure_ore),
        ("club_entries", "entry_cost", books.club_ore),
        ("incidents", "compensation_cost", books.compensation_ore),
    ] {
        let sheet = made.sheet(table);
        assert_eq!(
            sheet
                .rows
                .iter()
                .map(|row| sheet.ore(row, column))
                .sum::<i64>(),
            expected,
            "{table}"
        );
    }
}

#[test]
fn the_books_count_the_valid_rows_of_every_table() {
    let made = small(800, 25);
    for (table, rows) in &made.truth.books.rows {
        let mut found = made.sheet(table).rows.len() as u64;
        let flaws = made
            .truth
            .planted_flaws
            .iter()
            .filter(|flaw| &flaw.table == table);
        found -= flaws
            .filter(|flaw| ["reject", "exact_duplicate"].contains(&flaw.kind.as_str()))
            .map(|flaw| flaw.rows)
            .sum::<u64>();
        assert_eq!(found, *rows, "{table}");
    }
}
