//! How is an answer laid out: what is saved, what is lost, and whether it pays?

use super::{Answer, Asked, DRAWS, Drawn, Kept};
use odla_domain::{Caution, Cell, Figure, Report, Sentence, Table, Unit};
use odla_stats::Interval;

impl Kept {
    /// The answer as a report: figures, sentences and a table, for every surface.
    pub fn report(&self, asked: &Asked) -> Report {
        let answers = self.answer(asked);
        let mut report = Report::new("whatif");
        self.add_figures(&mut report, &answers, asked);
        report.sentences = sentences(&answers, &report, self.people(&answers));
        report.tables.push(table(&answers));
        report.cautions = (answers.iter())
            .filter_map(|answer| answer.refused.clone())
            .collect();
        if self.terms.iter().any(|term| !term.by_lot) {
            report
                .cautions
                .push(Caution::new("service_level.adjusted_only"));
        }
        report
    }

    fn add_figures(&self, report: &mut Report, answers: &[Answer], asked: &Asked) {
        let told: Vec<&Answer> = answers.iter().filter(|a| !a.draws.is_empty()).collect();
        let cases: f64 = self.terms.iter().map(|term| term.cases).sum();
        let sum = |of: &dyn Fn(&Answer) -> f64| told.iter().map(|a| of(a)).sum::<f64>();
        let money = |key: &str, value: f64, of: &dyn Fn(&Drawn) -> f64| {
            let draws: Vec<f64> = (0..DRAWS)
                .map(|at| told.iter().map(|a| of(&a.draws[at])).sum::<f64>())
                .collect();
            let range = Interval::from_draws(&draws, self.level);
            Figure::estimated(
                key,
                value,
                (range.lower, range.upper),
                self.level,
                Unit::Money,
            )
            .of(cases as u64)
            .by("service_level")
        };
        if told.is_empty() {
            let why = Caution::new("service_level.nothing_changed");
            report
                .figures
                .push(Figure::untold("whatif.net", Unit::Money, why));
            return;
        }
        let naive = sum(&|a| a.naive_saving);
        report.figures.push(
            // Booked minutes times their cost: no more and no less, and no estimate.
            Figure::booked("whatif.naive_saving", naive, Unit::Money, cases as u64)
                .by("minutes_times_cost"),
        );
        report
            .figures
            .push(money("whatif.saving", sum(&|a| a.saving), &|d| d.saving));
        report
            .figures
            .push(money("whatif.value_lost", sum(&|a| a.value_lost), &|d| {
                d.lost
            }));
        let once = asked.one_off;
        let net = sum(&|a| a.net) - once;
        let mut net = money("whatif.net", net, &|d| d.saving - d.lost);
        net.lower = net.lower.map(|lower| lower - once);
        net.upper = net.upper.map(|upper| upper - once);
        report.figures.push(net);
        for (at, key) in ["whatif.net_12m", "whatif.net_24m", "whatif.net_36m"]
            .iter()
            .enumerate()
        {
            let mut within = money(key, sum(&|a| a.within[at]) - once, &|d| d.within[at]);
            within.lower = within.lower.map(|lower| lower - once);
            within.upper = within.upper.map(|upper| upper - once);
            report.figures.push(within);
        }
        for answer in told {
            for (what, value, of) in [
                (
                    "saving",
                    answer.saving,
                    (|d: &Drawn| d.saving) as fn(&Drawn) -> f64,
                ),
                ("value_lost", answer.value_lost, |d: &Drawn| d.lost),
                ("net", answer.net, |d: &Drawn| d.saving - d.lost),
            ] {
                let draws: Vec<f64> = answer.draws.iter().map(of).collect();
                let range = Interval::from_draws(&draws, self.level);
                let key = format!("whatif.{}.{what}", answer.reason);
                report.figures.push(
                    Figure::estimated(
                        key,
                        value,
                        (range.lower, range.upper),
                        self.level,
                        Unit::Money,
                    )
                    .by("service_level"),
                );
            }
        }
    }
}

fn sentences(answers: &[Answer], report: &Report, people: Option<(u32, u32)>) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let net = report.figure("whatif.net");
    if let Some(((net, lower), upper)) = net.and_then(|f| f.value.zip(f.lower).zip(f.upper)) {
        let word = match (lower > 0.0, upper < 0.0) {
            (true, _) => "gains",
            (_, true) => "loses",
            _ => "cannot_tell",
        };
        let value = |key: &str| report.figure(key).and_then(|f| f.value).unwrap_or(0.0);
        sentences.push(
            Sentence::new(format!("whatif.{word}"))
                .with("saving", value("whatif.saving"))
                .with("lost", value("whatif.value_lost"))
                .with("net", net)
                .with("lower", lower)
                .with("upper", upper)
                .from_figure("whatif.net"),
        );
        sentences.push(
            Sentence::new("whatif.naive")
                .with("naive", value("whatif.naive_saving"))
                .with("saving", value("whatif.saving"))
                .from_figure("whatif.naive_saving"),
        );
        let sign = |key: &str| value(key) > 0.0;
        if sign("whatif.net_12m") != (net > 0.0) {
            sentences.push(
                Sentence::new("whatif.sign_turns")
                    .with("first", value("whatif.net_12m"))
                    .with("whole", net)
                    .from_figure("whatif.net_12m"),
            );
        }
    }
    let mut told: Vec<&Answer> = answers.iter().filter(|a| a.is_told()).collect();
    told.sort_by(|a, b| a.net.total_cmp(&b.net));
    for answer in &told {
        let (lower, upper) = (answer.net_interval.lower, answer.net_interval.upper);
        let word = match (lower > 0.0, upper < 0.0) {
            (true, _) => "reason_gains",
            (_, true) => "reason_loses",
            _ => "reason_cannot_tell",
        };
        let even = match answer.break_even.is_finite() {
            true => "",
            false => "_plain",
        };
        sentences.push(
            Sentence::new(format!("whatif.{word}{even}"))
                .with("reason", answer.reason.as_str())
                .with("today", answer.today)
                .with("asked", answer.asked)
                .with("saving", answer.saving)
                .with("lost", answer.value_lost)
                .with("customers", answer.customers_lost.round())
                .with("repeats", answer.repeats.round())
                .with("net", answer.net)
                .with("lower", lower)
                .with("upper", upper)
                .with("break_even", answer.break_even)
                .from_figure(&format!("whatif.{}.net", answer.reason)),
        );
    }
    if let Some((today, then)) = people.filter(|_| !told.is_empty()) {
        let key = if today == then {
            "whatif.same_people"
        } else {
            "whatif.people"
        };
        let hours: f64 = told.iter().map(|a| a.hours_saved).sum();
        sentences.push(
            Sentence::new(key)
                .with("today", f64::from(today))
                .with("then", f64::from(then))
                .with("hours", hours.round()),
        );
    }
    sentences
}

fn table(answers: &[Answer]) -> Table {
    let mut table = Table::new(
        "whatif.reasons",
        &[
            ("service_level.reason", Unit::Text),
            ("service_level.today", Unit::Minutes),
            ("whatif.asked", Unit::Minutes),
            ("whatif.saving", Unit::Money),
            ("whatif.repeats", Unit::Count),
            ("whatif.customers_lost", Unit::Count),
            ("whatif.value_lost", Unit::Money),
            ("whatif.net", Unit::Money),
            ("whatif.net_range", Unit::Money),
            ("whatif.break_even", Unit::SharePoints),
        ],
    );
    for answer in answers {
        let told = |value: f64| match answer.is_told() && value.is_finite() {
            true => Cell::Number(value),
            false => Cell::None,
        };
        table.push(vec![
            Cell::Text(answer.reason.clone()),
            Cell::Number(answer.today),
            Cell::Number(answer.asked),
            told(answer.saving),
            told(answer.repeats.round()),
            told(answer.customers_lost.round()),
            told(answer.value_lost),
            told(answer.net),
            match answer.is_told() {
                true => Cell::Range(answer.net_interval.lower, answer.net_interval.upper),
                false => Cell::None,
            },
            told(answer.break_even),
        ]);
    }
    table
}
