//! What does the work cost, month by month, and what drives it?

use std::collections::BTreeMap;

use crate::activities;
use crate::company::{Company, STORES, store_id};
use crate::dice::Dice;
use crate::history::History;
use crate::write::Sheets;

/// SEK per minute of support, the true rate of its pool.
pub const MINUTE_COST: f64 = 9.0;
/// SEK per minute of sales work.
pub const SALES_MINUTE_COST: f64 = 11.0;
/// SEK per order picked and packed, per line, per delivery, per return, per invoice.
pub const PICK_ORDER: f64 = 24.0;
pub const PICK_LINE: f64 = 5.0;
pub const PER_DELIVERY: f64 = 12.0;
pub const PER_RETURN: f64 = 75.0;
pub const PER_INVOICE: f64 = 3.5;
/// SEK per customer and month for letters and mail.
pub const PER_CUSTOMER: f64 = 2.0;
/// True mean cost of serving one order, SEK: 2.2 lines, two in three shipped, 4 % of lines returned.
pub const ORDER_COST: f64 =
    PICK_ORDER + 2.2 * PICK_LINE + 0.65 * PER_DELIVERY + 2.2 * 0.04 * PER_RETURN + PER_INVOICE;

/// What one month used of each driver.
#[derive(Default, Clone, Copy)]
pub struct Use {
    pub support_minutes: f64,
    pub sales_minutes: f64,
    pub orders: u64,
    pub lines: u64,
    pub deliveries: u64,
    pub returns: u64,
    pub customers: u64,
    /// Spent on the five activities with named receivers, öre.
    pub activities: [i64; 5],
}

impl Use {
    pub fn add(&mut self, other: &Use) {
        self.support_minutes += other.support_minutes;
        self.sales_minutes += other.sales_minutes;
        self.orders += other.orders;
        self.lines += other.lines;
        self.deliveries += other.deliveries;
        self.returns += other.returns;
        self.customers += other.customers;
        for (mine, more) in self.activities.iter_mut().zip(other.activities) {
            *mine += more;
        }
    }
}

/// Adds what one customer used, by month of the register.
pub fn count(company: &Company, history: &History, months: &mut [Use]) {
    let calendar = &company.calendar;
    for meeting in &history.meetings {
        let month = &mut months[calendar.month(meeting.day)];
        if meeting.case.is_some() {
            month.support_minutes += meeting.minutes;
        } else if meeting.initiator != "partner" {
            month.sales_minutes += meeting.minutes;
        }
    }
    for order in &history.bought.orders {
        let month = &mut months[calendar.month(order.day)];
        month.orders += 1;
        month.lines += order.lines.len() as u64;
        if order.carrier.is_some() && order.delivered <= calendar.as_of {
            months[calendar.month(order.delivered)].deliveries += 1;
        }
        for day in order.lines.iter().filter_map(|line| line.returned_on) {
            months[calendar.month(day)].returns += 1;
        }
    }
    for (month, used) in months
        .iter_mut()
        .enumerate()
        .skip(calendar.month(calendar.start))
    {
        let day = (calendar.first_day(month + 1) - 1).min(calendar.as_of);
        let contract = history.contract.as_ref().is_some_and(|c| c.in_force(day));
        used.customers += u64::from(contract || history.is_alive(day));
    }
}

/// The sums of the cost rows, in öre.
#[derive(Default)]
pub struct CostBooks {
    pub total: i64,
    pub without_driver: i64,
    pub by_process: BTreeMap<String, i64>,
}

struct Pool {
    process: &'static str,
    name: &'static str,
    unit: String,
    activity: &'static str,
    driver: &'static str,
    /// Units of the driver that the pool can carry; none for pools without a driver.
    capacity: Option<f64>,
    kronor: f64,
}

impl Pool {
    fn driven(
        process: &'static str,
        name: &'static str,
        driver: &'static str,
        rate: f64,
        capacity: f64,
    ) -> Self {
        Pool {
            process,
            name,
            unit: String::new(),
            activity: "",
            driver,
            capacity: Some(capacity),
            kronor: rate * capacity,
        }
    }

    fn fixed(process: &'static str, name: &'static str, kronor: f64) -> Self {
        Pool {
            process,
            name,
            unit: String::new(),
            activity: "",
            driver: "none",
            capacity: None,
            kronor,
        }
    }

    fn at(mut self, unit: &str) -> Self {
        self.unit = unit.to_string();
        self
    }

    fn of(mut self, activity: &'static str) -> Self {
        self.activity = activity;
        self
    }
}

/// Writes one row per month and pool: staffing is planned above what was used, so some capacity is idle.
pub fn write(company: &Company, months: &[Use], sheets: &mut Sheets) -> CostBooks {
    let calendar = &company.calendar;
    let mut dice = Dice::new(company.seed, 0, 910);
    let mut books = CostBooks::default();
    let rows = sheets.table("costs");
    let last = calendar.month(calendar.as_of);
    let history = months
        .iter()
        .enumerate()
        .take(last + 1)
        .skip(calendar.month(calendar.start));
    for (month, used) in history {
        let period = calendar.month_name(month);
        for (index, pool) in pools(company, used, month, &mut dice)
            .into_iter()
            .enumerate()
        {
            let ore = (pool.kronor * 100.0).round() as i64;
            rows.id(format_args!("B{period}-{:02}", index + 1))
                .text(&period)
                .text(pool.process);
            let unit = Some(pool.unit.as_str()).filter(|unit| !unit.is_empty());
            rows.text(pool.name)
                .maybe(unit)
                .text(pool.activity)
                .money(ore)
                .text(pool.driver);
            match pool.capacity {
                Some(capacity) => rows.number(capacity, 0),
                None => rows.blank(),
            };
            rows.end();
            books.total += ore;
            *books
                .by_process
                .entry(pool.process.to_string())
                .or_default() += ore;
            if pool.driver == "none" {
                books.without_driver += ore;
            }
        }
    }
    books
}

fn pools(company: &Company, used: &Use, month: usize, dice: &mut Dice) -> Vec<Pool> {
    let mut room = |used: f64| (used * (1.08 + 0.16 * dice.uniform())).ceil().max(1.0);
    let size = company.config.customers as f64;
    let all = used.customers as f64;
    let mut pools = vec![
        Pool::driven(
            "service",
            "kundservice",
            "minutes",
            MINUTE_COST,
            room(used.support_minutes),
        )
        .at("KS"),
        Pool::driven(
            "sales",
            "säljarbete",
            "minutes",
            SALES_MINUTE_COST,
            room(used.sales_minutes),
        ),
        Pool::driven(
            "logistics",
            "plock och pack",
            "orders",
            PICK_ORDER,
            room(used.orders as f64),
        ),
        Pool::driven(
            "logistics",
            "plockrader",
            "lines",
            PICK_LINE,
            room(used.lines as f64),
        ),
        Pool::driven(
            "logistics",
            "utleverans",
            "deliveries",
            PER_DELIVERY,
            room(used.deliveries as f64),
        ),
        Pool::driven(
            "logistics",
            "returer",
            "returns",
            PER_RETURN,
            room(used.returns as f64),
        ),
        Pool::driven(
            "billing",
            "fakturering",
            "orders",
            PER_INVOICE,
            used.orders.max(1) as f64,
        ),
        Pool::driven(
            "communication",
            "kundbrev",
            "customers",
            PER_CUSTOMER,
            all.max(1.0),
        ),
        Pool::fixed("product", "sortiment och inköp", 1.6 * size),
        Pool::fixed("brand", "lokalt varumärke", 1.1 * size).of("AKT08"),
        Pool::fixed(
            "digital",
            "sökordsannonser",
            2.2 * size * company.ads[month],
        )
        .of("AKT06"),
        Pool::fixed("digital", "webbplats", 1.4 * size),
        Pool::fixed("sales", "ledning", 0.9 * size).at("U00"),
    ];
    if company.calendar.first_day(month) >= company.turns.club {
        pools.push(
            Pool::fixed("communication", "kundklubb", CLUB_FIXED * size).of(activities::CLUB),
        );
    }
    for region in 0..4 {
        let rent = 0.8 * size * (0.9 + 0.05 * region as f64) / 4.0;
        pools.push(Pool::fixed("sales", "butikslokaler", rent).at(&format!("R{}", region + 1)));
    }
    let named = [
        ("service", activities::TRIAL),
        ("sales", activities::REVIEW),
        ("communication", activities::GIFT),
        ("sales", activities::DISCOUNT),
        ("communication", activities::CLUB),
    ];
    for ((process, activity), ore) in named
        .into_iter()
        .zip(used.activities)
        .filter(|(_, ore)| *ore > 0)
    {
        pools.push(Pool::fixed(process, "riktade insatser", ore as f64 / 100.0).of(activity));
    }
    let store = month % STORES;
    pools.push(Pool::fixed("sales", "ombyggnad", 0.3 * size).at(&store_id(store)));
    pools
}

/// SEK per customer of the company and month that running the club costs, whatever the points.
pub const CLUB_FIXED: f64 = 0.35;
