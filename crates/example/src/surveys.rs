//! What would each customer answer, who is asked, who answers, and what is written down?

use crate::company::{Company, FEATURES, store_id};
use crate::contacts::interaction_id;
use crate::customer::Customer;
use crate::dice::{Dice, logistic};
use crate::history::{History, Standing};
use crate::write::{Rows, Sheets};

/// Something in the experience, and what a point of it is worth in overall satisfaction.
pub struct Attribute {
    pub key: &'static str,
    /// True change in overall satisfaction per scale point.
    pub effect: f64,
    /// How much a good attitude colors the score.
    halo: f64,
    /// Asked together in one of three blocks.
    block: usize,
}

pub const ATTRIBUTES: [Attribute; 9] = [
    Attribute {
        key: "delivery_on_time",
        effect: 0.28,
        halo: 0.9,
        block: 0,
    },
    Attribute {
        key: "staff_knowledge",
        effect: 0.22,
        halo: 1.0,
        block: 1,
    },
    Attribute {
        key: "easy_to_reach",
        effect: 0.16,
        halo: 0.9,
        block: 2,
    },
    Attribute {
        key: "range_of_goods",
        effect: 0.12,
        halo: 0.8,
        block: 0,
    },
    Attribute {
        key: "clear_invoices",
        effect: 0.08,
        halo: 0.7,
        block: 1,
    },
    Attribute {
        key: "website_ease",
        effect: 0.06,
        halo: 0.7,
        block: 2,
    },
    Attribute {
        key: "packaging_look",
        effect: 0.0,
        halo: 0.8,
        block: 0,
    },
    Attribute {
        key: "store_atmosphere",
        effect: 0.0,
        halo: 0.0,
        block: 1,
    },
    Attribute {
        key: "newsletter",
        effect: 0.0,
        halo: 0.0,
        block: 2,
    },
];

/// Middle of the attributes and of overall satisfaction.
pub const MIDDLE: f64 = 7.0;
/// Overall satisfaction of a customer who gives every attribute its middle.
const VERDICT: f64 = 6.7;
const OWN_SPREAD: f64 = 1.3;
/// Spread of overall satisfaction that no attribute explains.
pub const REST: f64 = 0.7;
/// Effect on a store visit's satisfaction of one point of staff engagement the quarter before.
pub const ENGAGEMENT_EFFECT: f64 = 0.8;
/// Standardizes the part that the attributes make, in the propensity to answer.
const SPREAD_OF_CONTENT: f64 = 1.0;

/// What a customer would answer in a relation wave, asked or not.
pub struct WouldBe {
    pub attributes: [f64; 9],
    pub satisfaction: f64,
    /// Overall satisfaction before it is put on the scale.
    latent: f64,
    attitude: f64,
    /// The part of the verdict that the attributes make.
    content: f64,
}

/// The relation waves, as days; the second last is a year before the end.
pub fn relation_waves(company: &Company) -> Vec<i32> {
    let calendar = &company.calendar;
    [24, 12, 0]
        .iter()
        .map(|back| calendar.months_back(calendar.as_of, *back))
        .collect()
}

/// The answer a customer would give in the wave of a day.
pub fn would_be(company: &Company, history: &History, day: i32) -> WouldBe {
    let customer = &history.customer;
    let mut dice = Dice::new(company.seed, customer.number as u64, 1_000_000 + day as u64);
    let attitude = customer.attitude_in(company.quarter(day));
    let half_year = company.calendar.months_back(day, 6);
    let recent = |at: i32| at > half_year && at <= day;
    let late = history
        .bought
        .orders
        .iter()
        .any(|o| o.is_late() && recent(o.delivered));
    let bad = history
        .incidents
        .iter()
        .any(|i| recent(i.day) && i.is_bad());
    let healed = history
        .incidents
        .iter()
        .any(|i| recent(i.day) && i.resolved.is_some() && i.well);
    let engaged = company.engagement_before(customer.store, day);
    let mut attributes = [0.0; 9];
    for (score, attribute) in attributes.iter_mut().zip(&ATTRIBUTES) {
        let moved = match attribute.key {
            "delivery_on_time" if late => -1.5,
            "easy_to_reach" if bad => -1.2,
            "easy_to_reach" if healed => 0.8,
            "staff_knowledge" => 0.9 * engaged,
            _ => 0.0,
        };
        let felt = MIDDLE + attribute.halo * attitude + moved + OWN_SPREAD * dice.normal();
        *score = felt.round().clamp(1.0, 10.0);
    }
    // The verdict weighs the very scores given, so the effects hold on the scale that is asked.
    let sum: f64 = attributes
        .iter()
        .zip(&ATTRIBUTES)
        .map(|(x, a)| a.effect * (x - MIDDLE))
        .sum();
    let latent = VERDICT + sum + REST * dice.normal();
    WouldBe {
        attributes,
        satisfaction: latent.round().clamp(1.0, 10.0),
        latent,
        attitude,
        content: sum,
    }
}

/// Probability of answering when asked: by how content one is with the parts, and by how much one has bought.
///
/// The part of the verdict that no attribute explains does not decide who answers, so that drivers can be
/// recovered from those who do; the mean of the answers is too high all the same.
fn answers_when_asked(would: &WouldBe, standing: &Standing) -> f64 {
    let content = would.content / SPREAD_OF_CONTENT;
    let busy = (standing.orders as f64).ln_1p() - 1.2;
    let tie = if standing.subscribing { 0.4 } else { 0.0 };
    logistic(0.1 + 0.40 * content + 0.35 * busy + tie)
}

/// Probability of being drawn into a relation wave.
fn inclusion(customer: &Customer) -> f64 {
    match (customer.company_kind, customer.subscriber.is_some()) {
        (true, _) => 0.95,
        (false, true) => 0.80,
        (false, false) => 0.65,
    }
}

/// Counts of what went out and came back in the wave of a year ago.
#[derive(Default, Clone, Copy)]
pub struct Heard {
    pub answered: bool,
    pub asked: bool,
}

pub fn write(company: &Company, history: &History, sheets: &mut Sheets) -> Heard {
    let mut heard = Heard::default();
    for day in relation_waves(company) {
        let result = relation(company, history, day, sheets);
        if day == company.turns.year_ago {
            heard = result;
        }
    }
    touchpoints(company, history, sheets);
    turning_points(company, history, sheets);
    heard
}

fn relation(company: &Company, history: &History, day: i32, sheets: &mut Sheets) -> Heard {
    let customer = &history.customer;
    let asked_on = day - 14;
    let standing = history.standing(company, asked_on);
    if !standing.is_active() || customer.survey_excluded {
        return Heard::default();
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 2_000_000 + day as u64);
    let wave = company.calendar.month_name(company.calendar.month(day));
    let included = dice.chance(inclusion(customer));
    let would = would_be(company, history, day);
    let answers = dice.chance(answers_when_asked(&would, &standing));
    let minute = dice.between(7 * 60, 21 * 60);
    let ask = Ask {
        wave: &wave,
        day: asked_on,
        minute: 9 * 60,
        probability: inclusion(customer),
    };
    if customer.never_asked {
        write_asked(company, customer, &ask, true, sheets.table("asked"));
        return Heard::default();
    }
    if !included {
        return Heard::default();
    }
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    if answers {
        let at = (asked_on + dice.between(0, 12), minute);
        let form = Form::new(company, history, ("R", "relation", &wave), at);
        answer_relation(
            history,
            day,
            &would,
            form,
            sheets.table("answers"),
            &mut dice,
        );
    }
    Heard {
        asked: true,
        answered: answers,
    }
}

struct Ask<'a> {
    wave: &'a str,
    day: i32,
    minute: i32,
    probability: f64,
}

fn write_asked(company: &Company, customer: &Customer, ask: &Ask, never: bool, rows: &mut Rows) {
    rows.text(&customer.id()).text(ask.wave);
    if never {
        rows.blanks(2).number(0.0, 2);
    } else {
        let channel = if customer.number % 3 == 0 {
            "sms"
        } else {
            "mail"
        };
        rows.instant(&company.calendar, ask.day, ask.minute)
            .text(channel);
        rows.number(ask.probability, 2);
    }
    rows.flag(never).end();
}

/// One response being written, question by question.
struct Form<'a> {
    company: &'a Company,
    response: String,
    customer: String,
    contact: Option<String>,
    at: (i32, i32),
    wave: String,
    survey: &'static str,
    touchpoint: Option<&'static str>,
    interaction: Option<String>,
    order: Option<String>,
    unit: String,
    language: &'static str,
    count: usize,
}

impl<'a> Form<'a> {
    fn new(
        company: &'a Company,
        history: &History,
        kind: (&str, &'static str, &str),
        at: (i32, i32),
    ) -> Self {
        let customer = &history.customer;
        let contact =
            (!history.persons.is_empty()).then(|| crate::relations::contact_id(customer, 0));
        Form {
            company,
            response: format!("{}{:07}-{}", kind.0, customer.number, kind.2),
            customer: customer.id(),
            contact,
            at,
            wave: kind.2.to_string(),
            survey: kind.1,
            touchpoint: None,
            interaction: None,
            order: None,
            unit: store_id(customer.store),
            language: if customer.number % 17 == 0 {
                "en"
            } else {
                "sv"
            },
            count: 0,
        }
    }

    fn put(&mut self, rows: &mut Rows, question: &str, value: f64, scale: (i64, i64)) {
        self.head(rows, question);
        let kept = value.round().clamp(scale.0 as f64, scale.1 as f64);
        rows.whole(kept as i64)
            .whole(scale.0)
            .whole(scale.1)
            .blank()
            .text(self.language)
            .end();
    }

    fn say(&mut self, rows: &mut Rows, question: &str, text: &str) {
        self.head(rows, question);
        rows.blanks(3).text(text).text(self.language).end();
    }

    fn head(&mut self, rows: &mut Rows, question: &str) {
        self.count += 1;
        rows.id(format_args!("{}-{:02}", self.response, self.count))
            .text(&self.response);
        rows.text(&self.customer).maybe(self.contact.as_deref());
        rows.instant(&self.company.calendar, self.at.0, self.at.1);
        rows.text(&self.wave)
            .text(self.survey)
            .maybe(self.touchpoint);
        rows.maybe(self.interaction.as_deref())
            .maybe(self.order.as_deref());
        rows.text(&self.unit).text(question);
    }
}

fn answer_relation(
    history: &History,
    day: i32,
    would: &WouldBe,
    mut form: Form,
    rows: &mut Rows,
    dice: &mut Dice,
) {
    let ten = (1, 10);
    let latent = would.latent;
    form.put(rows, "satisfaction", would.satisfaction, ten);
    form.put(rows, "nps", 0.3 + latent + 0.7 * dice.normal(), (0, 10));
    form.put(rows, "expectation", latent - 0.4 + 0.9 * dice.normal(), ten);
    form.put(rows, "ideal", latent - 0.9 + 0.9 * dice.normal(), ten);
    form.put(
        rows,
        "again",
        7.2 + 0.9 * would.attitude + 0.9 * dice.normal(),
        ten,
    );
    form.put(
        rows,
        "speak_well",
        6.8 + 1.1 * would.attitude + dice.normal(),
        ten,
    );
    form.put(
        rows,
        "engagement",
        6.2 + 1.4 * would.attitude + 0.8 * dice.normal(),
        ten,
    );
    for (question, middle) in EPSI {
        form.put(
            rows,
            question,
            middle + would.attitude + 1.1 * dice.normal(),
            ten,
        );
    }
    let year = form.company.calendar.months_back(day, 12);
    let talks = history
        .meetings
        .iter()
        .filter(|m| m.forward && m.day > year && m.day <= day)
        .count();
    form.put(
        rows,
        "proactivity",
        4.8 + 1.1 * (talks as f64).min(4.0) + 1.2 * dice.normal(),
        ten,
    );
    form.put(
        rows,
        "honesty",
        7.6 + 0.7 * would.attitude + dice.normal(),
        ten,
    );
    form.put(
        rows,
        "effort",
        3.2 - 0.5 * would.attitude + 1.2 * dice.normal(),
        (1, 7),
    );
    let alternative = 1.9 - 0.5 * would.attitude + 0.9 * dice.normal();
    form.put(rows, "best_alternative_rank", alternative, (1, 5));
    let mine: Vec<_> = history
        .incidents
        .iter()
        .filter(|i| i.day > year && i.day <= day)
        .collect();
    form.put(rows, "had_problem", f64::from(!mine.is_empty()), (0, 1));
    if let Some(last) = mine.last() {
        form.put(rows, "told_us", f64::from(last.reported.is_some()), (0, 1));
        if last.resolved.is_some() {
            form.put(rows, "problem_solved", f64::from(last.well), (0, 1));
        }
    }
    answer_attributes(would, &mut form, rows, dice);
    answer_features(would, &mut form, rows, dice);
    if dice.chance(0.25) {
        let pool = if latent < 5.5 {
            SOUR
        } else if latent < 7.5 {
            MILD
        } else {
            SWEET
        };
        form.say(rows, "comment", dice.word(pool));
    }
}

/// Half are asked about everything, half about two blocks of three drawn by lot.
fn answer_attributes(would: &WouldBe, form: &mut Form, rows: &mut Rows, dice: &mut Dice) {
    let all = dice.chance(0.5);
    let left_out = dice.between(0, 2) as usize;
    for (attribute, score) in ATTRIBUTES.iter().zip(would.attributes) {
        if all || attribute.block != left_out {
            form.put(rows, attribute.key, score, (1, 10));
        }
    }
}

/// True worth of each feature on the scale that is asked, in the order of the features.
pub const FEATURE_WORTH: [f64; 6] = [8.2, 8.6, 5.4, 3.1, 4.6, 7.9];

fn answer_features(would: &WouldBe, form: &mut Form, rows: &mut Rows, dice: &mut Dice) {
    for ((feature, _), worth) in FEATURES.iter().zip(FEATURE_WORTH) {
        if dice.chance(0.34) {
            let score = worth + 0.2 * would.attitude + 1.4 * dice.normal();
            form.put(rows, &format!("feature:{feature}"), score, (1, 10));
        }
    }
}

const EPSI: [(&str, f64); 4] = [
    ("image", 7.1),
    ("product_quality", 7.3),
    ("service_quality", 7.0),
    ("value_for_money", 6.6),
];

/// Short surveys after support cases and store visits, at most one of a kind per customer and quarter.
fn touchpoints(company: &Company, history: &History, sheets: &mut Sheets) {
    let customer = &history.customer;
    if customer.never_asked || customer.survey_excluded {
        return;
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 70);
    let mut asked = Vec::new();
    for (index, meeting) in history.meetings.iter().enumerate() {
        let quarter = company.quarter(meeting.day);
        let drawn = meeting.case.is_some() && dice.chance(0.3);
        if !drawn || asked.contains(&quarter) || meeting.day + 4 > company.calendar.as_of {
            continue;
        }
        asked.push(quarter);
        after_support(company, history, index, &mut dice, sheets);
    }
    asked.clear();
    for (index, order) in history.bought.orders.iter().enumerate() {
        let quarter = company.quarter(order.day);
        let drawn = order.channel == 1 && dice.chance(0.4);
        if !drawn || asked.contains(&quarter) || order.day + 4 > company.calendar.as_of {
            continue;
        }
        asked.push(quarter);
        after_visit(company, history, index, &mut dice, sheets);
    }
}

fn after_support(
    company: &Company,
    history: &History,
    index: usize,
    dice: &mut Dice,
    sheets: &mut Sheets,
) {
    let customer = &history.customer;
    let meeting = &history.meetings[index];
    let wave = quarter_name(company, meeting.day, "support");
    let ask = Ask {
        wave: &wave,
        day: meeting.day,
        minute: 18 * 60,
        probability: 0.3,
    };
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    let attitude = customer.attitude_in(company.quarter(meeting.day));
    let solved = meeting.resolved == Some(true);
    let felt = 5.2 + if solved { 2.2 } else { 0.0 } + 0.4 * attitude + 1.3 * dice.normal();
    let again = if meeting.repeat_of.is_some() {
        1.0
    } else {
        0.0
    };
    let effort = 2.6 + 1.2 * again + if solved { 0.0 } else { 1.4 } + dice.normal();
    if !dice.chance(logistic(-0.6 + 0.12 * (felt - 7.0) + 0.2 * attitude)) {
        return;
    }
    let at = (
        meeting.day + dice.between(0, 3),
        dice.between(7 * 60, 21 * 60),
    );
    let mut form = Form::new(company, history, ("T", "touchpoint", &wave), at);
    form.touchpoint = Some("support");
    form.interaction = Some(interaction_id(customer, index));
    form.unit = "KS".to_string();
    let rows = sheets.table("answers");
    form.put(rows, "satisfaction", felt, (1, 10));
    form.put(rows, "effort", effort, (1, 7));
    form.put(rows, "problem_solved", f64::from(solved), (0, 1));
    if dice.chance(0.2) {
        form.say(
            rows,
            "comment",
            dice.word(if solved { SWEET } else { SOUR }),
        );
    }
}

fn after_visit(
    company: &Company,
    history: &History,
    index: usize,
    dice: &mut Dice,
    sheets: &mut Sheets,
) {
    let customer = &history.customer;
    let day = history.bought.orders[index].day;
    let wave = quarter_name(company, day, "store");
    let ask = Ask {
        wave: &wave,
        day,
        minute: 18 * 60,
        probability: 0.4,
    };
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    let attitude = customer.attitude_in(company.quarter(day));
    let engaged = company.engagement_before(customer.store, day);
    let felt = MIDDLE + 0.5 * attitude + ENGAGEMENT_EFFECT * engaged + 1.2 * dice.normal();
    if !dice.chance(0.4) {
        return;
    }
    let at = (day + dice.between(0, 3), dice.between(7 * 60, 21 * 60));
    let mut form = Form::new(company, history, ("B", "touchpoint", &wave), at);
    form.touchpoint = Some("store_visit");
    form.order = Some(crate::buying::order_id(customer, index));
    let rows = sheets.table("answers");
    form.put(rows, "satisfaction", felt, (1, 10));
    form.put(
        rows,
        "staff_helped",
        0.3 + felt + 0.8 * dice.normal(),
        (1, 10),
    );
}

/// Why we were chosen, why we were left, and what we are known for.
fn turning_points(company: &Company, history: &History, sheets: &mut Sheets) {
    let Some(contract) = &history.contract else {
        return;
    };
    let mut dice = Dice::new(company.seed, history.customer.number as u64, 71);
    let calendar = &company.calendar;
    let attitude = history.customer.attitude;
    let rows = sheets.table("answers");
    let answers = [dice.chance(0.3), dice.chance(0.25), dice.chance(0.08)];
    if history.customer.never_asked || history.customer.survey_excluded {
        return;
    }
    let day = contract.start + 9;
    if answers[0] && day > calendar.start && day <= calendar.as_of {
        let wave = quarter_name(company, day, "win");
        let mut form = Form::new(company, history, ("W", "win", &wave), (day, 700));
        form.put(
            rows,
            "expectation",
            7.5 + 0.6 * attitude + dice.normal(),
            (1, 10),
        );
        form.say(rows, "chosen_because", dice.word(WON));
    }
    if let (true, Some(ended)) = (answers[1], contract.ended) {
        let day = ended + 12;
        if day > calendar.start && day <= calendar.as_of {
            let wave = quarter_name(company, day, "loss");
            let mut form = Form::new(company, history, ("L", "loss", &wave), (day, 760));
            form.put(
                rows,
                "satisfaction",
                5.8 + 0.8 * attitude + dice.normal(),
                (1, 10),
            );
            form.put(rows, "best_alternative_rank", 3.0 + dice.normal(), (1, 5));
            form.say(rows, "left_because", contract.reason.unwrap_or("other"));
        }
    }
    let day = company.turns.year_ago - 60;
    if answers[2] && contract.in_force(day) {
        let wave = quarter_name(company, day, "brand");
        let mut form = Form::new(company, history, ("M", "brand", &wave), (day, 800));
        form.put(rows, "image", 7.0 + 0.9 * attitude + dice.normal(), (1, 10));
    }
}

/// `2025-Q2-support`.
fn quarter_name(company: &Company, day: i32, kind: &str) -> String {
    let date = company.calendar.date(day);
    format!("{:04}-Q{}-{kind}", date.year(), (date.month() - 1) / 3 + 1)
}

const SWEET: &[&str] = &[
    "Ni löste det direkt, tack!",
    "Kunnig personal som lyssnar.",
    "Leveransen kom när ni sa.",
    "Jag handlar gärna här igen.",
    "Det märks att ni bryr er.",
];
const MILD: &[&str] = &[
    "Helt okej, men ni kommer aldrig med egna förslag.",
    "Bra varor, lite dyrt.",
    "Svårt att jämföra modeller på sidan.",
    "Fungerar som det ska.",
];
const SOUR: &[&str] = &[
    "Paketet var sent igen och ingen hörde av sig.",
    "Fakturan var fel två gånger.",
    "Jag blev skickad mellan er och fraktbolaget.",
    "Fick vänta länge i telefon utan att få svar.",
    "Ni lovade en sak och gjorde en annan.",
];
const WON: &[&str] = &["price", "recommended", "close_by", "service"];
