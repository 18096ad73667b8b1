//! When does a free buyer buy, what, and what is left of it?

use crate::company::{CARRIER_SHARE, Company, HUNTER, LATE, store_id};
use crate::customer::{Buyer, Customer, YEAR, population};
use crate::dice::{Dice, logistic};
use crate::write::Sheets;

/// Share of the yearly mean, by calendar month; averages to 1 over a year.
pub const SEASON: [f64; 12] = [
    0.85, 0.85, 0.95, 1.0, 1.05, 1.0, 0.90, 1.0, 1.0, 1.05, 1.20, 1.15,
];
const SEASON_TOP: f64 = 1.2;
/// Purchase rate of a club member, relative to the same customer outside the club.
pub const CLUB_LIFT: f64 = 1.03;
/// Freight as a share of the net amount.
pub const FREIGHT: f64 = 0.05;
/// Share of lines sent back.
pub const RETURNED: f64 = 0.04;
/// Goods cost that remains after a return, share.
pub const SCRAPPED: f64 = 0.3;
/// Orders per year that the hunting store makes on top, per living customer.
pub const HUNTED_RATE: f64 = 0.24;
/// Probability that an order of the first twenty days of a quarter is pulled into the quarter before.
pub const PULLED: f64 = 0.45;
/// Price of a hunted order relative to the ordinary price.
pub const HUNTED_PRICE: f64 = 0.90;
/// What customers pay after having met the campaign's low price, relative to before.
pub const SPOILED_PRICE: f64 = 0.88;
/// Price in the campaign itself.
pub const CAMPAIGN_PRICE: f64 = 0.80;

pub struct Order {
    pub day: i32,
    pub channel: usize,
    pub carrier: Option<usize>,
    pub promised: i32,
    /// May lie after the end of the data: then not delivered yet.
    pub delivered: i32,
    pub paid: i32,
    pub lines: Vec<Line>,
    /// Moved here from the next quarter by the hunting store.
    pub pulled: bool,
    /// Made by the hunting store, would not have come otherwise.
    pub created: bool,
}

pub struct Line {
    pub product: usize,
    pub quantity: i64,
    pub list: i64,
    pub discount: i64,
    pub net: i64,
    pub goods: i64,
    pub freight: i64,
    pub returned: i64,
    pub returned_on: Option<i32>,
}

impl Order {
    pub fn net(&self) -> i64 {
        self.lines.iter().map(|line| line.net).sum()
    }

    pub fn contribution(&self) -> i64 {
        self.lines.iter().map(Line::contribution).sum()
    }

    pub fn is_late(&self) -> bool {
        self.delivered > self.promised
    }
}

impl Line {
    pub fn contribution(&self) -> i64 {
        self.net - self.goods - self.freight - self.returned
    }
}

/// A buyer's orders, and what the discount campaign did to this buyer.
#[derive(Default)]
pub struct Bought {
    pub orders: Vec<Order>,
    pub campaign: Option<Campaign>,
}

pub struct Campaign {
    pub day: i32,
    /// Change in contribution over the twelve months after the exposure, SEK.
    pub effect: f64,
}

struct Plan {
    day: i32,
    pulled: bool,
    created: bool,
    /// Price relative to the ordinary one, in the hunt at the quarter's end.
    hunted: f64,
    /// Price relative to what would have been paid without the campaign.
    spoiled: f64,
}

impl Plan {
    fn price(&self) -> f64 {
        self.hunted * self.spoiled
    }
}

pub fn simulate(company: &Company, customer: &Customer) -> Bought {
    let Some(buyer) = &customer.buyer else {
        return Bought::default();
    };
    let mut dice = Dice::new(company.seed, customer.number as u64, 10);
    let mut plans = purchase_days(company, buyer, &mut dice);
    if customer.store == HUNTER {
        hunt(company, buyer, &mut plans, &mut dice);
    }
    let exposed = meet_campaign(company, &mut plans, &mut dice);
    let orders: Vec<Order> = plans
        .iter()
        .map(|plan| fill(company, buyer, plan, &mut dice))
        .collect();
    let campaign = exposed.map(|day| Campaign {
        day,
        effect: campaign_effect(&plans, &orders),
    });
    Bought { orders, campaign }
}

/// Expected contribution per SEK of net amount, returns counted.
pub fn margin_share(company: &Company) -> f64 {
    let goods = company.goods_share * (1.0 - RETURNED * (1.0 - SCRAPPED));
    1.0 - goods - FREIGHT - RETURNED
}

/// Orders per year while alive, as things stand on a day.
pub fn rate_on(customer: &Customer, buyer: &Buyer, day: i32) -> f64 {
    let member = buyer.club.is_some_and(|joined| joined <= day);
    let hunted = if customer.store == HUNTER {
        HUNTED_RATE
    } else {
        0.0
    };
    buyer.rate * if member { CLUB_LIFT } else { 1.0 } + hunted
}

/// Expected contribution per order, SEK.
pub fn margin_per_order(company: &Company, customer: &Customer, buyer: &Buyer) -> f64 {
    let mut share = margin_share(company);
    if customer.store == HUNTER {
        // About a quarter of this store's orders are made at the end of a quarter at a lower price.
        share -= 0.25 * (1.0 - HUNTED_PRICE) * (1.0 - FREIGHT - RETURNED);
    }
    buyer.spend * share
}

fn purchase_days(company: &Company, buyer: &Buyer, dice: &mut Dice) -> Vec<Plan> {
    let calendar = &company.calendar;
    let end = buyer.death_day.min(f64::from(calendar.as_of) + 1.0);
    let plan = |at: f64| Plan {
        day: at as i32,
        pulled: false,
        created: false,
        hunted: 1.0,
        spoiled: 1.0,
    };
    let mut plans = vec![plan(buyer.first_day)];
    let top = buyer.rate / YEAR * SEASON_TOP * CLUB_LIFT;
    let mut at = buyer.first_day;
    loop {
        at += dice.wait(top);
        if at >= end {
            return plans;
        }
        let day = at as i32;
        let lift = if buyer.club.is_some_and(|joined| joined <= day) {
            CLUB_LIFT
        } else {
            1.0
        };
        let season = SEASON[calendar.month_of_year(calendar.month(day))];
        if dice.chance(season * lift / (SEASON_TOP * CLUB_LIFT)) {
            plans.push(plan(at));
        }
    }
}

/// The hunting store pulls orders over the quarter's end and makes a few more.
fn hunt(company: &Company, buyer: &Buyer, plans: &mut Vec<Plan>, dice: &mut Dice) {
    let calendar = &company.calendar;
    for plan in plans.iter_mut().skip(1) {
        let quarter = calendar.quarter_start(plan.day);
        let target = calendar.quarter_end_from(quarter) + dice.between(0, 11);
        let moved = plan.day - quarter < 20 && dice.chance(PULLED);
        if moved && target > buyer.first_day as i32 && target < quarter && target >= calendar.start
        {
            plan.day = target;
            plan.pulled = true;
        }
    }
    let mut quarter = calendar.next_quarter(buyer.first_day as i32);
    while quarter <= calendar.as_of + 1 && f64::from(quarter) < buyer.death_day {
        let day = calendar.quarter_end_from(quarter) + dice.between(0, 11);
        if dice.chance(HUNTED_RATE / 4.0) && day > buyer.first_day as i32 && day < quarter {
            plans.push(Plan {
                day,
                pulled: false,
                created: true,
                hunted: 1.0,
                spoiled: 1.0,
            });
        }
        quarter = calendar.next_quarter(quarter);
    }
    for plan in plans.iter_mut() {
        if calendar.is_quarter_end(plan.day) {
            plan.hunted = HUNTED_PRICE;
        }
    }
    plans.sort_by_key(|plan| plan.day);
}

/// The campaign goes to buyers of the last year, sooner to those who have been silent for long.
fn meet_campaign(company: &Company, plans: &mut [Plan], dice: &mut Dice) -> Option<i32> {
    let start = company.turns.discount;
    let last = plans.iter().rev().find(|plan| plan.day <= start)?;
    let silent = start - last.day;
    let chosen = dice.chance(logistic(-1.0 + 0.008 * (f64::from(silent) - 120.0)));
    let day = start + dice.between(0, 3);
    let hurried = dice.chance(0.5);
    if silent > 365 || !chosen {
        return None;
    }
    let year = start + 365;
    let mut next = true;
    for plan in plans
        .iter_mut()
        .filter(|plan| plan.day > day && plan.day <= year)
    {
        if next && hurried && plan.day < day + 90 {
            plan.day = plan.day.min(day + dice.between(1, 26));
        }
        next = false;
        plan.spoiled = if plan.day <= company.turns.discount_end {
            CAMPAIGN_PRICE
        } else {
            SPOILED_PRICE
        };
    }
    Some(day)
}

/// Contribution lost to lower prices: what was paid against what would have been paid.
fn campaign_effect(plans: &[Plan], orders: &[Order]) -> f64 {
    let lost = |(plan, order): (&Plan, &Order)| {
        let paid = order.net() as f64 / 100.0;
        (paid - paid / plan.spoiled) * (1.0 - FREIGHT - RETURNED)
    };
    plans.iter().zip(orders).map(lost).sum()
}

fn fill(company: &Company, buyer: &Buyer, plan: &Plan, dice: &mut Dice) -> Order {
    let calendar = &company.calendar;
    let amount = dice.gamma(population::SPEND_P) / buyer.scale;
    let mut channel = dice.weighted(&[0.55, 0.35, 0.10]);
    if calendar.is_holiday(plan.day) {
        channel = 0;
    }
    let carrier = (channel != 1).then(|| dice.weighted(&CARRIER_SHARE));
    let promised = if carrier.is_some() {
        calendar.working_days_after(plan.day, 3)
    } else {
        plan.day
    };
    let late = carrier.is_some_and(|c| dice.chance(LATE[c]));
    let behind = 1 + dice.count(1.5) as i32;
    let delivered = if late {
        calendar.working_days_after(promised, behind)
    } else {
        promised
    };
    let off = if dice.chance(0.25) {
        0.05 * f64::from(dice.between(1, 4))
    } else {
        0.0
    };
    let count = 1 + dice.weighted(&[0.30, 0.35, 0.20, 0.15]);
    let weights: Vec<f64> = (0..count).map(|_| 0.5 + dice.uniform()).collect();
    let all: f64 = weights.iter().sum();
    let lines = weights
        .iter()
        .map(|weight| draw_line(company, plan, (amount * weight / all, off, delivered), dice))
        .collect();
    let paid = plan.day + if channel == 1 { 0 } else { dice.between(1, 34) };
    Order {
        day: plan.day,
        channel,
        carrier,
        promised,
        delivered,
        paid,
        lines,
        pulled: plan.pulled,
        created: plan.created,
    }
}

fn draw_line(company: &Company, plan: &Plan, order: (f64, f64, i32), dice: &mut Dice) -> Line {
    let (full, off, delivered) = order;
    let product = company.draw_product(dice);
    let item = &company.products[product];
    let net = (full * plan.price() * 100.0).round().max(100.0);
    let list = (net / plan.price() / (1.0 - off)).round();
    let back = delivered + dice.between(3, 20);
    let returned = dice.chance(RETURNED) && back <= company.calendar.as_of;
    let goods = full * 100.0 * item.goods_share * if returned { SCRAPPED } else { 1.0 };
    Line {
        product,
        quantity: ((full / item.price).round() as i64).max(1),
        list: list as i64,
        discount: list as i64 - net as i64,
        net: net as i64,
        goods: goods.round() as i64,
        freight: (net * FREIGHT).round() as i64,
        returned: if returned { net as i64 } else { 0 },
        returned_on: returned.then_some(back),
    }
}

pub const CHANNELS: [&str; 3] = ["web", "store", "phone"];

/// `O0000123-004`.
pub fn order_id(customer: &Customer, index: usize) -> String {
    format!("O{:07}-{:03}", customer.number, index + 1)
}

pub fn write(company: &Company, customer: &Customer, bought: &Bought, sheets: &mut Sheets) {
    let calendar = &company.calendar;
    let id = customer.id();
    let unit = store_id(customer.store);
    let known = |day: i32| (day <= calendar.as_of).then_some(day);
    let rows = sheets.table("orders");
    let double = company.config.flaws && customer.number % 50 == 7;
    for (index, order) in bought.orders.iter().enumerate() {
        let order_name = order_id(customer, index);
        let seller = (index + customer.number) % 4 + 1;
        for (number, line) in order.lines.iter().enumerate() {
            rows.text(&order_name)
                .whole(number as i64 + 1)
                .text(&id)
                .day(calendar, order.day);
            rows.day(calendar, order.promised)
                .maybe_day(calendar, known(order.delivered));
            rows.text(&company.products[line.product].id)
                .whole(line.quantity);
            rows.money(line.list)
                .money(line.discount)
                .money(line.net)
                .money(line.goods);
            rows.money(line.freight)
                .money(line.returned)
                .maybe_day(calendar, line.returned_on);
            rows.maybe_day(calendar, known(order.paid))
                .text(CHANNELS[order.channel])
                .text(&unit);
            if order.channel == 0 {
                rows.blank();
            } else {
                rows.id(format_args!("S-{unit}-{seller}"));
            }
            match order.carrier {
                Some(carrier) => rows.id(format_args!("P{:02}", carrier + 1)),
                None => rows.blank(),
            };
            rows.end();
        }
    }
    if double && !bought.orders.is_empty() {
        rows.repeat_last();
    }
}
