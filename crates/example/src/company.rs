//! What is Rödbo Handel: its units, goods, carriers, people and the days on which things happen to it?

use crate::Config;
use crate::calendar::Calendar;
use crate::dice::Dice;
use crate::people::{REGIONS, TOWNS};
use crate::write::Sheets;

pub const NAME: &str = "Rödbo Handel";
/// Stores, six in each region.
pub const STORES: usize = 24;
/// The store whose staff hunts for orders at the end of each quarter.
pub const HUNTER: usize = 6;
/// Late deliveries, by carrier; Norrfrakt is the late one.
pub const LATE: [f64; 4] = [0.05, 0.04, 0.24, 0.06];
/// Shipments, by carrier.
pub const CARRIER_SHARE: [f64; 4] = [0.40, 0.25, 0.20, 0.15];
/// Products that contracts are about; they stand first in the list.
pub const CONTRACT_PRODUCTS: usize = 4;

pub struct Product {
    pub id: String,
    pub name: String,
    pub category: &'static str,
    pub price: f64,
    pub goods_share: f64,
    pub popularity: f64,
}

/// The dates on which the company's history turns, as day indexes.
pub struct Turns {
    /// One year before the end: the link's relation wave, and where retention is counted from.
    pub year_ago: i32,
    pub trial: i32,
    pub gift: i32,
    pub discount: i32,
    pub discount_end: i32,
    pub stress_from: i32,
    pub stress_to: i32,
    /// Club opens.
    pub club: i32,
}

pub struct Company {
    pub seed: u64,
    pub config: Config,
    pub calendar: Calendar,
    pub turns: Turns,
    pub products: Vec<Product>,
    /// How much the store lifts the attitude of its customers.
    pub quality: Vec<f64>,
    /// How often the store takes the initiative, relative to the average.
    pub initiative: Vec<f64>,
    /// True mean engagement of the staff by store and quarter of the register, 1..5.
    pub engagement: Vec<Vec<f64>>,
    /// Day the store took up yearly reviews; empty for the eight that never did.
    pub adopted: Vec<Option<i32>>,
    /// Mean goods cost as a share of net, over the products bought freely.
    pub goods_share: f64,
    /// Expected minutes per support case, of buyers and of contract customers.
    pub case_minutes: [f64; 2],
    /// Spending on search advertising by month of the register, relative to the ordinary month.
    pub ads: Vec<f64>,
    popularity: Vec<f64>,
}

impl Company {
    pub fn new(config: &Config) -> Self {
        let calendar = Calendar::new(config);
        let mut dice = Dice::new(config.seed, 0, 900);
        let products = stock(&mut dice);
        let popularity: Vec<f64> = products.iter().map(|p| p.popularity).collect();
        let all: f64 = popularity.iter().sum();
        let goods_share = products
            .iter()
            .map(|p| p.goods_share * p.popularity)
            .sum::<f64>()
            / all;
        let quarters = calendar.month(calendar.as_of) / 3 + 2;
        let engagement = (0..=STORES).map(|_| engaged(&mut dice, quarters)).collect();
        let quality = (0..STORES).map(|_| 0.30 * dice.normal()).collect();
        let initiative = (0..STORES).map(|_| 0.4 + 1.2 * dice.uniform()).collect();
        let adopted = adoption(&calendar, &mut dice);
        let turns = Turns::new(&calendar);
        let months = calendar.month(calendar.as_of) + 2;
        let ads = (0..months).map(|_| 0.5 + 1.2 * dice.uniform()).collect();
        Company {
            seed: config.seed,
            config: config.clone(),
            calendar,
            turns,
            products,
            quality,
            initiative,
            engagement,
            adopted,
            goods_share,
            ads,
            case_minutes: crate::worth::case_minutes(),
            popularity,
        }
    }

    /// A product that is bought freely.
    pub fn draw_product(&self, dice: &mut Dice) -> usize {
        dice.weighted(&self.popularity)
    }

    /// Quarter of the register.
    pub fn quarter(&self, day: i32) -> usize {
        self.calendar.month(day) / 3
    }

    /// Staff engagement in the quarter before, as a difference from its mean.
    pub fn engagement_before(&self, store: usize, day: i32) -> f64 {
        self.engagement[store][self.quarter(day).saturating_sub(1)] - ENGAGEMENT_MEAN
    }

    pub fn town(&self, store: usize) -> &'static str {
        TOWNS[store / 6][store % 6]
    }

    pub fn write(&self, sheets: &mut Sheets) {
        write_units(self, sheets.table("units"));
        write_partners(sheets.table("partners"));
        self.write_products(sheets);
    }

    fn write_products(&self, sheets: &mut Sheets) {
        let mut dice = Dice::new(self.seed, 0, 901);
        for product in &self.products {
            let launched = dice.between(0, self.calendar.start);
            let rows = sheets.table("products");
            rows.text(&product.id)
                .text(&product.name)
                .text(product.category);
            rows.day(&self.calendar, launched).end();
            let rows = sheets.table("product_features");
            for (feature, share) in FEATURES {
                if dice.chance(0.7) {
                    let cost = product.price * share * (0.7 + 0.6 * dice.uniform());
                    rows.text(&product.id)
                        .text(feature)
                        .money((cost * 100.0) as i64)
                        .end();
                }
            }
        }
    }
}

/// Features of the goods and their share of the price.
pub const FEATURES: [(&str, f64); 6] = [
    ("spare_parts", 0.03),
    ("long_warranty", 0.06),
    ("quiet", 0.05),
    ("gift_wrapping", 0.02),
    ("app_control", 0.09),
    ("repairable", 0.04),
];

pub const ENGAGEMENT_MEAN: f64 = 3.5;

/// `B07`.
pub fn store_id(store: usize) -> String {
    format!("B{:02}", store + 1)
}

pub fn region_of(store: usize) -> usize {
    store / 6
}

impl Turns {
    fn new(calendar: &Calendar) -> Self {
        let back = |months| calendar.months_back(calendar.as_of, months);
        Turns {
            year_ago: back(12),
            trial: back(15),
            gift: back(14),
            discount: back(18),
            discount_end: back(18) + 30,
            stress_from: back(22) + 1,
            stress_to: back(17),
            club: back(30),
        }
    }
}

fn stock(dice: &mut Dice) -> Vec<Product> {
    const KINDS: [(&str, &[&str], f64); 8] = [
        (
            "Serviceavtal",
            &[
                "Serviceavtal Bas",
                "Serviceavtal Plus",
                "Hyrmaskin",
                "Kaffeavtal",
            ],
            400.0,
        ),
        (
            "Kök",
            &[
                "Kaffebryggare",
                "Vattenkokare",
                "Brödrost",
                "Stekpanna",
                "Kastrull",
                "Knivset",
                "Mixer",
                "Kökssåg",
            ],
            450.0,
        ),
        (
            "Städ",
            &[
                "Dammsugare",
                "Golvmopp",
                "Fönsterputs",
                "Dammsugarpåsar",
                "Rengöring",
                "Sopborste",
            ],
            300.0,
        ),
        (
            "Trädgård",
            &[
                "Häcksax",
                "Gräsklippare",
                "Kratta",
                "Slang",
                "Jord",
                "Krukor",
                "Sekatör",
                "Frön",
            ],
            380.0,
        ),
        (
            "Verktyg",
            &[
                "Borrmaskin",
                "Skruvdragare",
                "Hammare",
                "Sågblad",
                "Bits",
                "Vattenpass",
                "Tving",
            ],
            520.0,
        ),
        (
            "Kontor",
            &[
                "Skrivbordslampa",
                "Papper",
                "Pärmar",
                "Toner",
                "Kontorsstol",
                "Hyllplan",
            ],
            350.0,
        ),
        (
            "Belysning",
            &[
                "LED-lampa",
                "Taklampa",
                "Golvlampa",
                "Ljusslinga",
                "Utelampa",
            ],
            280.0,
        ),
        (
            "Textil",
            &[
                "Handdukar",
                "Sängkläder",
                "Gardin",
                "Matta",
                "Kudde",
                "Pläd",
            ],
            320.0,
        ),
    ];
    let mut products = Vec::new();
    for (kind, (category, names, price)) in KINDS.into_iter().enumerate() {
        for name in names {
            let number = products.len() + 1;
            products.push(Product {
                id: format!("A{number:03}"),
                name: name.to_string(),
                category,
                price: price * (0.4 + 1.4 * dice.uniform()),
                goods_share: 0.46 + 0.14 * dice.uniform(),
                popularity: if kind == 0 { 0.0 } else { 0.2 + dice.wait(1.0) },
            });
        }
    }
    products
}

/// A store's engagement: its own level and a slow wave around it.
fn engaged(dice: &mut Dice, quarters: usize) -> Vec<f64> {
    let level = ENGAGEMENT_MEAN + 0.20 * dice.normal();
    let mut wave = 0.35 * dice.normal();
    let mut path = Vec::with_capacity(quarters);
    for _ in 0..quarters {
        path.push((level + wave).clamp(1.3, 4.8));
        wave = 0.6 * wave + 0.28 * dice.normal();
    }
    path
}

/// Sixteen stores adopt in four steps, eight never do.
fn adoption(calendar: &Calendar, dice: &mut Dice) -> Vec<Option<i32>> {
    let mut waves: Vec<Option<usize>> = (0..STORES)
        .map(|store| [Some(25), Some(21), Some(17), Some(13), None, None][store % 6])
        .collect();
    for last in (1..STORES).rev() {
        let other = dice.between(0, last as i32) as usize;
        waves.swap(last, other);
    }
    let day = |months| calendar.first_day(calendar.month(calendar.as_of) + 1 - months);
    waves.into_iter().map(|months| months.map(day)).collect()
}

fn write_units(company: &Company, rows: &mut crate::write::Rows) {
    rows.text("U00").text(NAME).text("company").blank().end();
    for (number, region) in REGIONS.iter().enumerate() {
        rows.id(format_args!("R{}", number + 1))
            .id(format_args!("Region {region}"));
        rows.text("region").text("U00").end();
    }
    for store in 0..STORES {
        rows.text(&store_id(store))
            .id(format_args!("Rödbo {}", company.town(store)));
        rows.text("store")
            .id(format_args!("R{}", region_of(store) + 1))
            .end();
    }
    rows.text("KS")
        .text("Kundservice")
        .text("team")
        .text("U00")
        .end();
}

fn write_partners(rows: &mut crate::write::Rows) {
    let partners = [
        ("P01", "Postbudet", "carrier"),
        ("P02", "Sydfrakt", "carrier"),
        ("P03", "Norrfrakt", "carrier"),
        ("P04", "Cykelbudet", "carrier"),
        ("P05", "Delbetalning Nu", "payment"),
        ("P06", "Torgplatsen", "marketplace"),
        ("P07", "Montörerna", "installer"),
        ("P08", "Nordkök Industri", "supplier"),
        ("P09", "Gnosjö Verktyg", "supplier"),
        ("P10", "Textilväveriet", "supplier"),
        ("P11", "Reklambyrån Björken", "other"),
    ];
    for (id, name, kind) in partners {
        rows.text(id).text(name).text(kind).end();
    }
}
