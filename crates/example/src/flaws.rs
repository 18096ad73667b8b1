//! Which faults are put into the files on purpose?

use crate::company::Company;
use crate::tally::Tally;
use crate::truth::PlantedFlaw;
use crate::write::Sheets;

/// Rows that an import must reject. They are written after all others and count in no book.
pub fn write(company: &Company, sheets: &mut Sheets) -> Vec<PlantedFlaw> {
    let order = |sheets: &mut Sheets, id: &str, customer: &str, day: &str| {
        let rows = sheets.table("orders");
        rows.text(id)
            .whole(1)
            .text(customer)
            .text(day)
            .blanks(2)
            .text(&company.products[5].id)
            .whole(1);
        rows.money(50_000)
            .money(0)
            .money(50_000)
            .money(26_000)
            .money(2_500)
            .money(0)
            .blanks(2);
        rows.text("web").text("B01").blanks(2).end();
    };
    for (index, day) in ["2025-02-30", "2024-13-01", "31/31/2025"]
        .iter()
        .enumerate()
    {
        order(sheets, &format!("O-FEL-{}", index + 1), "K0000001", day);
    }
    for index in 4..=6 {
        order(sheets, &format!("O-FEL-{index}"), "K9999999", "2025-03-03");
    }
    let rows = sheets.table("answers");
    rows.text("R-FEL-01")
        .text("R-FEL")
        .text("K9999998")
        .blank()
        .text("2025-06-20T10:00:00")
        .text("2025-06");
    rows.text("relation")
        .blanks(3)
        .text("B01")
        .text("satisfaction")
        .whole(8)
        .whole(1)
        .whole(10)
        .blank()
        .text("sv")
        .end();
    vec![
        flaw("orders", "reject", 3, "O-FEL-1", "Days that do not exist."),
        flaw(
            "orders",
            "reject",
            3,
            "O-FEL-4",
            "A customer that does not exist.",
        ),
        flaw(
            "answers",
            "reject",
            1,
            "R-FEL-01",
            "A customer that does not exist.",
        ),
    ]
}

/// The flaws that were sown among the customers, told from the tally.
pub fn sown(tally: &Tally) -> Vec<PlantedFlaw> {
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    let counted = |n: usize| n as u64;
    [
        flaw("orders", "exact_duplicate", tally.repeated, "", "The same line twice in the file; it is one line."),
        flaw("customers", "duplicate_customer", counted(tally.doubled.len()), &first(&tally.doubled),
            "A second id for the same customer, with the name typed otherwise and without any orders."),
        flaw("customers", "typo", counted(tally.typos.len()), &first(&tally.typos), "A mistyped name."),
    ]
    .into_iter()
    .filter(|flaw| flaw.rows > 0)
    .chain([flaw("customers", "missing", 0, "", "Region is missing for about 2 % and channel for about 3 %.")])
    .collect()
}

fn flaw(table: &str, kind: &str, rows: u64, example: &str, note: &str) -> PlantedFlaw {
    PlantedFlaw {
        table: table.to_string(),
        kind: kind.to_string(),
        rows,
        example: example.to_string(),
        note: note.to_string(),
    }
}
