//! Who is one customer, and what is hidden inside?

use crate::company::{Company, STORES, region_of, store_id};
use crate::dice::Dice;
use crate::people;
use crate::write::Sheets;

/// Customers that share a block can be in the same corporate tree or recommend each other.
pub const BLOCK: usize = 64;

/// Relative size of the persistent part of an attitude; the moving part makes the variance 1.
const LASTING: f64 = 0.9;
/// How much of a mood is left after a quarter.
const MEMORY: f64 = 0.8;

/// One customer with all latent traits.
pub struct Customer {
    pub number: usize,
    pub company_kind: bool,
    pub store: usize,
    /// Lasting attitude, standard normal.
    pub attitude: f64,
    /// Moving part of the attitude by quarter of the register.
    mood: Vec<f64>,
    quality: f64,
    pub buyer: Option<Buyer>,
    pub subscriber: Option<Subscriber>,
    /// Support cases per year while a customer.
    pub case_rate: f64,
    /// Whether switching is hard for this customer.
    pub locked: bool,
    /// Whether drawn into the group that is never asked.
    pub never_asked: bool,
    /// Whether the customer itself has asked not to be surveyed.
    pub survey_excluded: bool,
}

/// A free buyer's traits.
pub struct Buyer {
    /// Purchases per year while alive.
    pub rate: f64,
    /// Yearly rate of dropping out for good.
    pub dropout: f64,
    /// Mean net amount per order, SEK.
    pub spend: f64,
    /// Inverse scale of the order amounts.
    pub scale: f64,
    pub first_day: f64,
    pub death_day: f64,
    /// Day the customer joined the club.
    pub club: Option<i32>,
}

/// A contract customer's traits.
pub struct Subscriber {
    /// Month of the register in which the contract starts, on its first day.
    pub start_month: usize,
    pub monthly_amount: i64,
    pub monthly_cost: i64,
    /// Position in the randomised trial: none, control or treated.
    pub trial: Option<bool>,
}

/// Population parameters of the free buyers; true by construction.
pub mod population {
    /// Shape of the purchase rate.
    pub const RATE_SHAPE: f64 = 1.2;
    /// Mean purchases per year.
    pub const RATE_MEAN: f64 = 6.0;
    /// Shape of the dropout rate.
    pub const DROPOUT_SHAPE: f64 = 1.5;
    /// Mean dropout per year.
    pub const DROPOUT_MEAN: f64 = 0.40;
    /// Shape of the amounts within a customer.
    pub const SPEND_P: f64 = 6.0;
    /// Shape of the amounts between customers.
    pub const SPEND_Q: f64 = 4.0;
    /// Mean net amount per order, SEK.
    pub const SPEND_MEAN: f64 = 850.0;
    pub const RATE_TIE: f64 = 0.05;
    pub const DROPOUT_TIE: f64 = -0.50;
}

impl Customer {
    pub fn draw(company: &Company, number: usize) -> Self {
        let mut dice = Dice::new(company.seed, number as u64, 1);
        let company_kind = is_company(company.seed, number);
        let mode = dice.uniform();
        let store = dice.between(0, STORES as i32 - 1) as usize;
        let attitude = dice.normal();
        let mood = moods(&mut dice, company.quarter(company.calendar.as_of) + 2);
        let buys = !(0.50..0.95).contains(&mode);
        let subscribes = mode >= 0.50;
        let buyer = buys.then(|| Buyer::draw(company, attitude, &mut dice));
        let subscriber = subscribes.then(|| Subscriber::draw(company, company_kind, &mut dice));
        Customer {
            number,
            company_kind,
            store,
            attitude,
            mood,
            quality: company.quality[store],
            buyer,
            locked: subscribes && dice.chance(0.2),
            subscriber,
            case_rate: 1.8 * dice.gamma(0.7) / 0.7,
            never_asked: dice.chance(0.08),
            survey_excluded: dice.chance(0.01),
        }
    }

    /// The attitude on a day of the given quarter: lasting part, mood, and what the store adds.
    pub fn attitude_in(&self, quarter: usize) -> f64 {
        let mood = self.mood[quarter.min(self.mood.len() - 1)];
        LASTING * self.attitude + mood + self.quality
    }

    pub fn id(&self) -> String {
        customer_id(self.number)
    }

    /// First day as a customer.
    pub fn acquired(&self, company: &Company) -> i32 {
        let bought = self.buyer.as_ref().map(|b| b.first_day as i32);
        let signed = self
            .subscriber
            .as_ref()
            .map(|s| company.calendar.first_day(s.start_month));
        match (bought, signed) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => company.calendar.start,
        }
    }
}

/// `K0000123`.
pub fn customer_id(number: usize) -> String {
    format!("K{number:07}")
}

/// Whether a customer is a company; cheap, so that others can ask about their neighbors.
pub fn is_company(seed: u64, number: usize) -> bool {
    Dice::new(seed, number as u64, 0).chance(0.30)
}

/// The parent of a subsidiary: the first company of its block, when the customer is a later one of them.
pub fn parent_of(seed: u64, number: usize) -> Option<usize> {
    if !is_company(seed, number) {
        return None;
    }
    let mut dice = Dice::new(seed, number as u64, 2);
    let first = block_start(number);
    let head = (first..number).find(|other| is_company(seed, *other))?;
    dice.chance(0.25).then_some(head)
}

/// First customer number of the block that a customer lies in; numbers begin at 1.
pub fn block_start(number: usize) -> usize {
    (number - 1) / BLOCK * BLOCK + 1
}

impl Buyer {
    fn draw(company: &Company, attitude: f64, dice: &mut Dice) -> Self {
        use population::*;
        let calendar = &company.calendar;
        let span = f64::from(calendar.as_of - calendar.start + 1);
        let rate = RATE_MEAN / RATE_SHAPE * dice.gamma_tied(RATE_SHAPE, attitude, RATE_TIE);
        let dropout =
            DROPOUT_MEAN / DROPOUT_SHAPE * dice.gamma_tied(DROPOUT_SHAPE, attitude, DROPOUT_TIE);
        let first_day = f64::from(calendar.start) + span * dice.uniform().powf(1.25);
        let life = dice.wait(dropout / YEAR);
        let gamma = SPEND_MEAN * (SPEND_Q - 1.0) / SPEND_P;
        let scale = dice.gamma(SPEND_Q) / gamma;
        let keen = 0.5 * (rate / RATE_MEAN - 1.0) + 0.6 * attitude - 1.3;
        let joins = dice.chance(crate::dice::logistic(keen));
        let waits = first_day.max(f64::from(company.turns.club)) + dice.wait(1.0 / 120.0);
        let death_day = first_day + life;
        let club =
            (joins && waits < death_day.min(f64::from(calendar.as_of))).then_some(waits as i32);
        Buyer {
            rate,
            dropout,
            spend: SPEND_P / scale,
            scale,
            first_day,
            death_day,
            club,
        }
    }
}

/// Days in a year.
pub const YEAR: f64 = 365.25;

impl Subscriber {
    fn draw(company: &Company, company_kind: bool, dice: &mut Dice) -> Self {
        let calendar = &company.calendar;
        let last = calendar.month(calendar.as_of);
        let start_month = dice.between(calendar.first_whole_month as i32, last as i32) as usize;
        let typical: f64 = if company_kind { 1400.0 } else { 320.0 };
        let amount = (typical * (0.55 * dice.normal()).exp())
            .clamp(79.0, 60_000.0)
            .round();
        let cost = amount * (0.66 + 0.09 * dice.normal()).clamp(0.35, 1.05);
        let trial = dice.chance(0.7).then(|| dice.chance(0.5));
        Subscriber {
            start_month,
            monthly_amount: amount as i64 * 100,
            monthly_cost: (cost * 100.0).round() as i64,
            trial,
        }
    }
}

fn moods(dice: &mut Dice, quarters: usize) -> Vec<f64> {
    let size = (1.0 - LASTING * LASTING).sqrt();
    let step = size * (1.0 - MEMORY * MEMORY).sqrt();
    let mut at = size * dice.normal();
    let mut path = Vec::with_capacity(quarters);
    for _ in 0..quarters {
        path.push(at);
        at = MEMORY * at + step * dice.normal();
    }
    path
}

/// The name a customer has in the register; the same for whoever asks.
pub fn name_of(company: &Company, customer: &Customer) -> String {
    let mut dice = Dice::new(company.seed, customer.number as u64, 3);
    let town = company.town(customer.store);
    if customer.company_kind {
        people::firm(&mut dice, town)
    } else {
        people::person(&mut dice)
    }
}

/// The customer's row in the register, and now and then a second row for the same customer.
pub fn write(company: &Company, customer: &Customer, sheets: &mut Sheets) -> Flawed {
    let mut dice = Dice::new(company.seed, customer.number as u64, 4);
    let mut flawed = Flawed::default();
    let mut name = name_of(company, customer);
    if company.config.flaws && dice.chance(0.01) {
        name = people::mistyped(&name, &mut dice);
        flawed.typo = Some(customer.id());
    }
    write_row(company, customer, &customer.id(), &name, &mut dice, sheets);
    let doubled = customer.number % 500 == 17;
    if company.config.flaws && doubled {
        let again = people::mistyped(&name_of(company, customer), &mut dice);
        let id = format!("{}B", customer.id());
        write_row(company, customer, &id, &again, &mut dice, sheets);
        flawed.doubled = Some(id);
    }
    flawed
}

/// What went wrong on purpose when the row was written.
#[derive(Default)]
pub struct Flawed {
    pub typo: Option<String>,
    pub doubled: Option<String>,
}

fn write_row(
    company: &Company,
    customer: &Customer,
    id: &str,
    name: &str,
    dice: &mut Dice,
    sheets: &mut Sheets,
) {
    let calendar = &company.calendar;
    let acquired = customer.acquired(company);
    let rows = sheets.table("customers");
    rows.text(id).text(name).text(if customer.company_kind {
        "company"
    } else {
        "person"
    });
    let parent = parent_of(company.seed, customer.number);
    rows.maybe(parent.map(customer_id).as_deref());
    rows.maybe_day(
        calendar,
        parent.map(|_| acquired_by_parent(company, customer)),
    );
    rows.text(segment(customer));
    let missing = dice.chance(0.02);
    rows.maybe((!missing).then(|| people::REGIONS[region_of(customer.store)]));
    rows.text(&store_id(customer.store));
    rows.id(format_args!(
        "S-{}-{}",
        store_id(customer.store),
        customer.number % 4 + 1
    ));
    rows.day(calendar, acquired);
    let channel = dice.weighted(&[0.30, 0.22, 0.18, 0.12, 0.10, 0.08]);
    let missing = dice.chance(0.03);
    rows.maybe((!missing).then_some(CHANNELS[channel].0));
    let cost = CHANNELS[channel].1 * (0.6 + 0.8 * dice.uniform());
    rows.money((cost * 100.0).round() as i64);
    let discount = if dice.chance(0.3) {
        f64::from(dice.between(1, 6)) * 0.05
    } else {
        0.0
    };
    rows.number(discount, 2);
    rows.flag(dice.chance(0.72))
        .flag(dice.chance(0.03))
        .flag(customer.survey_excluded);
    rows.maybe_day(calendar, customer.buyer.as_ref().and_then(|b| b.club));
    let hard = if customer.locked { 4 } else { 1 };
    rows.whole(i64::from(hard + dice.between(0, 1))).end();
}

/// How customers are won, and what one costs.
pub const CHANNELS: [(&str, f64); 6] = [
    ("search", 180.0),
    ("store", 120.0),
    ("salesperson", 900.0),
    ("campaign", 260.0),
    ("referral", 60.0),
    ("marketplace", 210.0),
];

/// The customer group that the company uses itself.
pub fn segment(customer: &Customer) -> &'static str {
    match (customer.company_kind, &customer.subscriber) {
        (true, Some(s)) if s.monthly_amount > 200_000 => "large company",
        (true, _) => "small company",
        (false, Some(_)) => "household contract",
        (false, None) => "household",
    }
}

/// Day a subsidiary came under its parent: from the start, or by a merger in the history.
pub fn acquired_by_parent(company: &Company, customer: &Customer) -> i32 {
    let calendar = &company.calendar;
    let acquired = customer.acquired(company);
    let mut dice = Dice::new(company.seed, customer.number as u64, 5);
    if dice.chance(0.35) {
        dice.between(acquired.max(calendar.start), calendar.as_of)
    } else {
        acquired
    }
}

/// Whether the subsidiary was merged into its group while it was our customer.
pub fn was_merged(company: &Company, customer: &Customer) -> bool {
    parent_of(company.seed, customer.number).is_some()
        && acquired_by_parent(company, customer) > customer.acquired(company)
}
