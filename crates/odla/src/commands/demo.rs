//! `odla demo`: the example company, imported, analyzed, shown and served.

use crate::Ending;
use crate::arguments::DemoArguments;
use crate::commands::{analyze, import, serve, show};
use crate::terminal::Terminal;
use odla_app::pages::Kept;
use odla_app::{AnalyzeRequest, AppError, Home, demo};
use odla_domain::Params;

pub async fn run(
    home: &Home,
    arguments: &DemoArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let params = Params::from([
        ("n".to_owned(), arguments.customers.into()),
        ("seed".to_owned(), (arguments.seed as f64).into()),
    ]);
    terminal.tell("demo_making", &params);
    let (files, truth) = demo::make(home, arguments.customers, arguments.seed).await?;
    let home = &Home::open(home.folder())?;
    terminal.tell("demo_importing", &Params::new());
    let summary = import::read(home, vec![files], None, false, terminal).await?;
    if !terminal.json {
        import::print(&summary, terminal);
    }
    let request = AnalyzeRequest {
        as_of: Some(truth.config.as_of),
        seed: arguments.seed,
        ..AnalyzeRequest::default()
    };
    let analysis = analyze::compute(home, &request, terminal).await?;
    let ending = analyze::ending(&analysis);
    let kept = Kept {
        record: analysis.record,
        reports: analysis
            .outcomes
            .into_iter()
            .map(|outcome| outcome.report)
            .collect(),
    };
    show::page(&kept, "management", terminal)?;
    let truth_file = home.folder().join("truth.json").display().to_string();
    terminal.tell(
        "demo_truth",
        &Params::from([("file".to_owned(), truth_file.into())]),
    );
    if !arguments.no_serve {
        return serve::listen(home, serve::USUAL_ADDRESS, None, terminal).await;
    }
    Ok(ending)
}
