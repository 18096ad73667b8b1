//! `odla whatif`: what would other handling times save, and what would they cost in customers?

use crate::Ending;
use crate::arguments::WhatifArguments;
use crate::terminal::Terminal;
use odla_app::pages::Kept;
use odla_app::view::Viewer;
use odla_app::whatif::{Asked, answer, minutes_of};
use odla_app::{AppError, Home};

pub fn run(
    home: &Home,
    arguments: &WhatifArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let kept = Kept::read(home, arguments.run.as_deref())?;
    let minutes = arguments.minutes.iter().map(|text| minutes_of(text));
    let asked = Asked {
        minutes: minutes.collect::<Result<_, _>>()?,
        all: arguments.all,
        releasable: arguments.releasable,
        minute_cost: arguments.minute_cost,
        one_off: arguments.one_off,
    };
    let report = answer(&kept, &asked)?;
    let viewer = Viewer {
        catalogue: terminal.texts(),
        run: &kept.record,
    };
    let page = viewer.page(&report);
    match terminal.json {
        true => terminal.document(&page)?,
        false => terminal.page(&page),
    }
    Ok(match report.cautions.is_empty() {
        true => Ending::Done,
        false => Ending::ToRead,
    })
}
