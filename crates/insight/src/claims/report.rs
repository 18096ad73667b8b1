//! How is the register laid out: what holds, what does not, what cannot be told, and how each would be tested next?

use super::{COUNTS, ClaimsConfig, Measured, Next, Rule, Tested, Verdict};
use jiff::ToSpan;
use odla_domain::frames::claims::ClaimsFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};

/// Verdicts of each kind that are told in sentences; the table has them all.
const TOLD: usize = 4;

pub fn lay_out(frame: &ClaimsFrame, tested: &[Tested], config: &ClaimsConfig) -> Report {
    let mut report = Report::new("claims");
    report.figures = figures(tested, config);
    report.sentences = sentences(tested);
    report.tables.push(register(frame, tested));
    report.tables.push(tests(tested));
    report.cautions = cautions(tested, config);
    report
}

fn count(tested: &[Tested], verdict: Verdict) -> usize {
    tested.iter().filter(|t| t.verdict == verdict).count()
}

fn figures(tested: &[Tested], config: &ClaimsConfig) -> Vec<Figure> {
    let verdicts = [
        Verdict::Supported,
        Verdict::NotSupported,
        Verdict::CannotTell,
    ];
    let counts = COUNTS.iter().zip(verdicts).map(|(key, verdict)| {
        let n = count(tested, verdict) as f64;
        Figure::booked(*key, n, Unit::Count, tested.len() as u64)
    });
    counts
        .chain(tested.iter().map(|one| figure(one, config)))
        .collect()
}

fn figure(tested: &Tested, config: &ClaimsConfig) -> Figure {
    let claim = tested.claim;
    let found = match &tested.found {
        Ok(found) => found,
        Err(why) => return Figure::untold(claim.key, claim.unit, why.clone()),
    };
    let mut figure = match found.is_booked() {
        true => Figure::booked(claim.key, found.value, claim.unit, found.n),
        false => {
            let limits = (found.lower, found.upper);
            Figure::estimated(claim.key, found.value, limits, config.level, claim.unit)
                .of(found.n)
                .by(&found.method)
        }
    };
    figure.grade = found.grade;
    figure.cautioned(found.cautions.iter().cloned())
}

fn sentences(tested: &[Tested]) -> Vec<Sentence> {
    let mut sentences = vec![
        Sentence::new("claims.sum")
            .with("claims", tested.len())
            .with("supported", count(tested, Verdict::Supported))
            .with("not_supported", count(tested, Verdict::NotSupported))
            .with("cannot_tell", count(tested, Verdict::CannotTell))
            .from_figure(COUNTS[0])
            .from_figure(COUNTS[1])
            .from_figure(COUNTS[2]),
    ];
    for (verdict, key) in [
        (Verdict::NotSupported, "refuted"),
        (Verdict::Supported, "held"),
    ] {
        let of = tested.iter().filter(|one| one.verdict == verdict);
        sentences.extend(of.take(TOLD).filter_map(|one| said(key, one)));
    }
    sentences
}

/// The verdict with its number, in the number's unit.
fn said(key: &str, tested: &Tested) -> Option<Sentence> {
    let found = tested.found.as_ref().ok()?;
    let word = tested.claim.word();
    Some(
        sized(key, tested.claim.unit, found)
            .with("claim", format!("claim.{word}"))
            .with("side", side(tested.claim.rule))
            .with("limit", tested.claim.rule.limit())
            .from_figure(tested.claim.key),
    )
}

/// `claims.<kind>_<unit>` with value and limits, or with `_booked` and the value alone.
fn sized(kind: &str, unit: Unit, found: &Measured) -> Sentence {
    let booked = if found.is_booked() { "_booked" } else { "" };
    Sentence::new(format!("claims.{kind}_{}{booked}", unit_word(unit)))
        .with("value", found.value)
        .with("lower", found.lower)
        .with("upper", found.upper)
}

const fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Share => "share",
        Unit::SharePoints => "share_points",
        Unit::Points => "points",
        Unit::Money | Unit::MoneyPerCustomerYear => "money",
        _ => "ratio",
    }
}

fn register(frame: &ClaimsFrame, tested: &[Tested]) -> Table {
    let mut table = Table::new(
        "claims.register",
        &[
            ("claims.claim", Unit::Text),
            ("claims.verdict", Unit::Text),
            ("claims.size", Unit::Text),
            ("claims.limit", Unit::Text),
            ("claims.n", Unit::Count),
            ("claims.grade", Unit::Text),
            ("claims.tested_on", Unit::Text),
            ("claims.next", Unit::Text),
            ("claims.next_on", Unit::Text),
        ],
    );
    let again = frame.as_of.saturating_add(12.months());
    for one in tested {
        let found = one.found.as_ref().ok();
        let unit = one.claim.unit;
        table.push(vec![
            Cell::Key(format!("claim.{}", one.claim.word())),
            Cell::Key(one.verdict.word().to_owned()),
            match &one.found {
                Ok(found) => Cell::Said(sized("size", unit, found)),
                Err(_) => Cell::None,
            },
            Cell::Said(limit(one.claim.rule, unit)),
            found.map_or(Cell::None, |found| Cell::Number(found.n as f64)),
            found
                .and_then(|found| found.grade)
                .map_or(Cell::None, |grade| Cell::Text(letter(grade).to_owned())),
            Cell::Text(frame.as_of.to_string()),
            Cell::Key(next(one).to_owned()),
            match one.found {
                Ok(_) => Cell::Text(again.to_string()),
                Err(_) => Cell::None,
            },
        ]);
    }
    table
}

fn limit(rule: Rule, unit: Unit) -> Sentence {
    Sentence::new(format!("claims.limit_{}", unit_word(unit)))
        .with("side", side(rule))
        .with("limit", rule.limit())
}

const fn side(rule: Rule) -> &'static str {
    match rule {
        Rule::AtLeast(_) => "side.least",
        Rule::AtMost(_) => "side.most",
    }
}

const fn letter(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
    }
}

/// What is missing comes first; then the better test; what is already proved by lot is only followed.
fn next(tested: &Tested) -> &'static str {
    let proved = |found: &Measured| found.grade == Some(Grade::A) || found.is_booked();
    match (&tested.found, tested.claim.next) {
        (Err(_), _) => "next.bring_data",
        (Ok(found), _) if proved(found) => "next.in_a_year",
        (_, Next::Trial) => "next.trial",
        (_, Next::Ask) => "next.ask",
        (_, Next::Wait) => "next.wait",
        (_, Next::Book) => "next.book",
    }
}

fn tests(tested: &[Tested]) -> Table {
    let mut table = Table::new(
        "claims.tests",
        &[
            ("claims.claim", Unit::Text),
            ("claims.source", Unit::Text),
            ("claims.test", Unit::Text),
            ("claims.data", Unit::Text),
            ("claims.why_untold", Unit::Text),
        ],
    );
    for one in tested {
        let word = one.claim.word();
        table.push(vec![
            Cell::Key(format!("claim.{word}")),
            Cell::Key(format!("source.{word}")),
            Cell::Key(format!("test.{word}")),
            Cell::Text(one.claim.data.join(", ")),
            match &one.found {
                Ok(_) => Cell::None,
                Err(why) => Cell::Said(untold(why)),
            },
        ]);
    }
    table
}

/// The reason in short; the figure carries it in full.
fn untold(why: &Caution) -> Sentence {
    let counted = why.params.contains_key("needed") && why.params.contains_key("got");
    let key = match why.key.as_str() {
        _ if counted => "claims.untold_too_few",
        "claims.not_computed" => "claims.untold_not_computed",
        "claims.history_too_short" => "claims.untold_history",
        _ => "claims.untold",
    };
    let mut sentence = Sentence::new(key);
    sentence.params = why.params.clone();
    sentence
}

fn cautions(tested: &[Tested], config: &ClaimsConfig) -> Vec<Caution> {
    let decided = (tested.iter())
        .filter(|one| one.verdict != Verdict::CannotTell)
        .filter(|one| one.found.as_ref().is_ok_and(|found| !found.is_booked()))
        .count();
    let mut cautions = vec![Caution::new("claims.not_laws")];
    if decided > 0 {
        cautions.push(
            Caution::new("claims.many")
                .with("decided", decided)
                .with("wrong", (1.0 - config.level) / 2.0 * decided as f64),
        );
    }
    let adjusted = (tested.iter())
        .filter_map(|one| one.found.as_ref().ok())
        .any(|found| matches!(found.grade, Some(Grade::C | Grade::D)));
    if adjusted {
        cautions.push(Caution::new("claims.adjusted_not_randomized"));
    }
    cautions
}
