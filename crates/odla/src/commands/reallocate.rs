//! `odla reallocate`: which money should be moved from where to where, for this much money and within these limits?

use crate::Ending;
use crate::arguments::ReallocateArguments;
use crate::terminal::Terminal;
use odla_app::allocation::{Wanted, answer, money_of, processes_of, share_of};
use odla_app::pages::Kept;
use odla_app::view::Viewer;
use odla_app::{AppError, Home};

pub fn run(
    home: &Home,
    arguments: &ReallocateArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let kept = Kept::read(home, arguments.run.as_deref())?;
    let save = arguments.save.as_deref().map(share_of).transpose()?;
    let wanted = Wanted {
        money: arguments.money.as_deref().map(money_of).transpose()?,
        save_share: save.unwrap_or(0.0),
        locked: arguments.lock.clone(),
        kept: arguments.keep.clone(),
        capped: arguments.cap.clone(),
        processes: processes_of(arguments.process.iter().map(String::as_str))?,
    };
    let report = answer(&kept, &wanted)?;
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
