//! Which order lines does the speed trial read? Many customers of different habits, the same at every run.

use anyhow::Result;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const DAYS: u32 = 730;
/// Day 0 of the file.
const FIRST_YEAR: u32 = 2024;

/// What was written.
pub struct Made {
    pub customers: u32,
    pub lines: u64,
    pub bytes: u64,
}

/// One order of one customer on one day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    day: u32,
    customer: u32,
    lines: u32,
}

/// Writes a canonical `orders.csv` of about ten lines per customer, in the order of days as a shop's export is.
pub fn write(file: &Path, customers: u32) -> Result<Made> {
    write_orders(file, customers, 'o')
}

/// Writes as many other orders of the same customers.
pub fn write_more(file: &Path, customers: u32) -> Result<Made> {
    write_orders(file, customers, 'm')
}

fn write_orders(file: &Path, customers: u32, series: char) -> Result<Made> {
    let mut chance = Chance(if series == 'o' { 2026 } else { 2027 });
    let mut orders: Vec<Order> = (1..=customers)
        .flat_map(|customer| orders_of(customer, &mut chance))
        .collect();
    orders.sort_unstable();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    writeln!(
        out,
        "order_id,line_no,customer_id,ordered_on,product_id,quantity,net_amount,goods_cost"
    )?;
    let mut lines = 0;
    for (number, order) in orders.iter().enumerate() {
        write_order(
            &mut out,
            &format!("{series}{number:08}"),
            order,
            &mut chance,
        )?;
        lines += u64::from(order.lines);
    }
    out.flush()?;
    let bytes = std::fs::metadata(file)?.len();
    Ok(Made {
        customers,
        lines,
        bytes,
    })
}

/// First purchase some day, then repeats at the customer's own pace until he or she is gone or the time is up.
fn orders_of(customer: u32, chance: &mut Chance) -> Vec<Order> {
    let pace = 10.0 + 110.0 * chance.share() * chance.share();
    let mut day = chance.share() * f64::from(DAYS) * 0.7;
    let mut orders = Vec::new();
    while day < f64::from(DAYS) {
        orders.push(Order {
            day: day as u32,
            customer,
            lines: 1 + chance.below(3),
        });
        if chance.share() < 0.18 {
            break;
        }
        day += -pace * (1.0 - chance.share()).ln();
    }
    orders
}

fn write_order(out: &mut impl Write, id: &str, order: &Order, chance: &mut Chance) -> Result<()> {
    let date = date_of(order.day);
    for line in 1..=order.lines {
        let (quantity, price) = (1 + chance.below(3), 50 + chance.below(950));
        let net = quantity * price;
        let cost = net * (50 + chance.below(30));
        let (customer, product) = (order.customer, chance.below(2000));
        writeln!(
            out,
            "{id},{line},k{customer:07},{date},p{product:04},{quantity},{net}.00,{}.{:02}",
            cost / 100,
            cost % 100
        )?;
    }
    Ok(())
}

fn date_of(day: u32) -> String {
    const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut year, mut rest) = (FIRST_YEAR, day);
    loop {
        for (at, &days) in MONTHS.iter().enumerate() {
            let days = if at == 1 && year.is_multiple_of(4) {
                days + 1
            } else {
                days
            };
            if rest < days {
                return format!("{year}-{:02}-{:02}", at + 1, rest + 1);
            }
            rest -= days;
        }
        year += 1;
    }
}

/// SplitMix64: small, and the same everywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, limit: u32) -> u32 {
        (self.share() * f64::from(limit)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_has_about_ten_lines_and_buys_within_the_time() {
        let mut chance = Chance(1);
        let orders: Vec<Order> = (0..20_000)
            .flat_map(|customer| orders_of(customer, &mut chance))
            .collect();
        let lines: u32 = orders.iter().map(|order| order.lines).sum();
        let per_customer = f64::from(lines) / 20_000.0;
        assert!((9.5..10.5).contains(&per_customer), "{per_customer}");
        assert!(orders.iter().all(|order| order.day < DAYS));
    }

    #[test]
    fn days_become_dates_over_a_leap_year() {
        assert_eq!(date_of(0), "2024-01-01");
        assert_eq!(date_of(59), "2024-02-29");
        assert_eq!(date_of(366), "2025-01-01");
        assert_eq!(date_of(729), "2025-12-30");
    }
}
