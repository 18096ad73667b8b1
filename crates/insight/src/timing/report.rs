//! How is time laid out: the course of each effect, the date on which we will know, and the early signs?

use super::course::Course;
use super::known::Known;
use super::sign::Sign;
use crate::effects::{EffectsConfig, Judged};
use jiff::civil::Date;
use odla_domain::{Caution, Cell, Figure, Report, Sentence, Table, Unit};

/// All that time says of one activity.
pub struct Followed<'f> {
    pub judged: &'f Judged,
    pub course: Course,
    pub known: Option<Known>,
    pub sign: Option<Sign>,
}

pub fn lay_out(followed: &[Followed], as_of: Date, config: &EffectsConfig) -> Report {
    let mut report = Report::new("timing");
    report.figures = followed
        .iter()
        .flat_map(|one| figures(one, config))
        .collect();
    report.sentences = followed.iter().filter_map(|one| said(one, as_of)).collect();
    if let Some(sentence) = signs_said(followed) {
        report.sentences.push(sentence);
    }
    report.tables.push(dates(followed));
    report.tables.push(courses(followed));
    report.tables.push(decisions(followed));
    report.tables.push(signs(followed));
    report.cautions = vec![
        Caution::new("timing.not_a_promise").with("power", config.power),
        Caution::new("timing.signs_assume"),
    ];
    report
}

fn figures(one: &Followed, config: &EffectsConfig) -> Vec<Figure> {
    let key = |what: &str| format!("timing.{}.{what}", one.judged.activity_id);
    let n = one.judged.treated as u64;
    let counted = |what: &str, value: Option<f64>, why: &str| match value {
        Some(value) => Figure::booked(key(what), value, Unit::Count, n).by("timing"),
        None => Figure::untold(key(what), Unit::Count, Caution::new(why)),
    };
    let months = one.known.as_ref().and_then(|known| known.months);
    let mut figures = vec![
        counted(
            "months_to_effect",
            one.course.first_seen(),
            "timing.not_seen",
        ),
        counted(
            "months_to_know",
            months.map(f64::from),
            "timing.never_known",
        ),
    ];
    figures.push(match &one.known {
        Some(known) => Figure::booked(key("power"), known.power, Unit::Share, n).by("power"),
        None => Figure::untold(
            key("power"),
            Unit::Share,
            Caution::new("timing.no_comparison"),
        ),
    });
    if let Some(sign) = &one.sign {
        let limits = (sign.foretold.interval.lower, sign.foretold.interval.upper);
        let why = if sign.proven {
            "timing.sign_proven"
        } else {
            "timing.sign_not_proven"
        };
        figures.push(
            Figure::estimated(
                key("foretold"),
                sign.foretold.value,
                limits,
                config.level,
                Unit::SharePoints,
            )
            .of(n)
            .by("surrogate_index")
            .cautioned([Caution::new(why).with("came", sign.came.value)]),
        );
    }
    figures
}

fn said(one: &Followed, as_of: Date) -> Option<Sentence> {
    let name = one.judged.name();
    let known = one.known.as_ref()?;
    let key = format!("timing.{}.months_to_know", one.judged.activity_id);
    let sentence = match (known.on, known.past) {
        (Some(on), false) => Sentence::new("timing.will_know").with("on", on.to_string()),
        (Some(on), true) if on <= as_of => {
            Sentence::new("timing.could_know").with("on", on.to_string())
        }
        _ => Sentence::new(match known.smallest {
            Some(_) => "timing.never_know",
            None => "timing.never_know_at_all",
        })
        .with("smallest", known.smallest.unwrap_or(f64::NAN)),
    };
    let sentence = sentence
        .with("name", name)
        .with("difference", known.difference)
        .with("power", known.power)
        .from_figure(&key);
    Some(match one.course.first_seen() {
        Some(months) if one.judged.is_told() => {
            let seen = sentence.with("months", months);
            Sentence {
                key: format!("{}_seen", seen.key),
                ..seen
            }
        }
        _ => sentence,
    })
}

fn signs_said(followed: &[Followed]) -> Option<Sentence> {
    let (one, sign) = (followed.iter()).find_map(|one| Some((one, one.sign.as_ref()?)))?;
    let key = match sign.proven {
        true => "timing.sign_holds",
        false => "timing.sign_fails",
    };
    Some(
        Sentence::new(key)
            .with("name", one.judged.name())
            .with("months", sign.months)
            .with("foretold", sign.foretold.value)
            .with("lower", sign.foretold.interval.lower)
            .with("upper", sign.foretold.interval.upper)
            .with("came", sign.came.value)
            .from_figure(&format!("timing.{}.foretold", one.judged.activity_id)),
    )
}

fn name(one: &Followed) -> Cell {
    Cell::Text(one.judged.name().to_owned())
}

fn number(value: Option<f64>) -> Cell {
    value
        .filter(|v| v.is_finite())
        .map_or(Cell::None, Cell::Number)
}

fn dates(followed: &[Followed]) -> Table {
    let mut table = Table::new(
        "timing.dates",
        &[
            ("effects.activity", Unit::Text),
            ("effects.verdict", Unit::Text),
            ("timing.known_on", Unit::Text),
            ("timing.months_to_know", Unit::Count),
            ("timing.difference", Unit::SharePoints),
            ("timing.power", Unit::Share),
            ("timing.smallest", Unit::SharePoints),
            ("timing.months_to_effect", Unit::Count),
        ],
    );
    for one in followed {
        let known = one.known.as_ref();
        let on = known.and_then(|known| known.on);
        table.push(vec![
            name(one),
            Cell::Key(one.judged.verdict.word().to_owned()),
            on.map_or(Cell::None, |on| Cell::Text(on.to_string())),
            number(known.and_then(|k| k.months).map(f64::from)),
            number(known.map(|k| k.difference)),
            number(known.map(|k| k.power)),
            number(known.and_then(|k| k.smallest)),
            number(one.course.first_seen()),
        ]);
    }
    table
}

fn courses(followed: &[Followed]) -> Table {
    let mut table = Table::new(
        "timing.course",
        &[
            ("effects.activity", Unit::Text),
            ("timing.months", Unit::Count),
            ("timing.stay", Unit::SharePoints),
            ("timing.stay_together", Unit::SharePoints),
            ("timing.margin", Unit::Money),
            ("timing.margin_range", Unit::Money),
        ],
    );
    for one in followed {
        for point in &one.course.points {
            let margin = point.margin;
            table.push(vec![
                name(one),
                Cell::Number(point.months),
                Cell::Number(point.stay.value),
                Cell::Range(point.together.lower, point.together.upper),
                number(margin.map(|m| m.value)),
                margin.map_or(Cell::None, |m| {
                    Cell::Range(m.interval.lower, m.interval.upper)
                }),
            ]);
        }
    }
    table
}

/// Share of the decisions made and the power, every third month of a year.
fn decisions(followed: &[Followed]) -> Table {
    let mut table = Table::new(
        "timing.decisions",
        &[
            ("effects.activity", Unit::Text),
            ("timing.months", Unit::Count),
            ("timing.made", Unit::Share),
            ("timing.power", Unit::Share),
        ],
    );
    for one in followed {
        let Some(known) = &one.known else { continue };
        for (month, made, power) in &known.months_ahead {
            if month % 3 == 0 && *month <= 12 {
                table.push(vec![
                    name(one),
                    Cell::Number(f64::from(*month)),
                    Cell::Number(*made),
                    Cell::Number(*power),
                ]);
            }
        }
    }
    table
}

fn signs(followed: &[Followed]) -> Table {
    let mut table = Table::new(
        "timing.signs",
        &[
            ("effects.activity", Unit::Text),
            ("timing.after_months", Unit::Count),
            ("timing.foretold", Unit::SharePoints),
            ("timing.foretold_range", Unit::SharePoints),
            ("timing.came", Unit::SharePoints),
            ("timing.explained", Unit::Share),
            ("timing.proven", Unit::Text),
        ],
    );
    for one in followed {
        let Some(sign) = &one.sign else { continue };
        let word = if sign.proven {
            "sign.proven"
        } else {
            "sign.not_proven"
        };
        table.push(vec![
            name(one),
            Cell::Number(sign.months),
            Cell::Number(sign.foretold.value),
            Cell::Range(sign.foretold.interval.lower, sign.foretold.interval.upper),
            Cell::Number(sign.came.value),
            Cell::Number(sign.explained),
            Cell::Key(word.to_owned()),
        ]);
    }
    table
}
