//! The program: flags, settings, wiring, exit codes.

mod arguments;
mod commands;
mod language;
mod terminal;

use arguments::{Arguments, Command};
use clap::{CommandFactory, FromArgMatches};
use odla_app::text::Catalogue;
use odla_app::{AppError, Home};
use std::process::ExitCode;
use terminal::Terminal;

/// What a command ended with, beside its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Done,
    /// Done, but a person should read the rejects or cautions.
    ToRead,
}

const COULD_NOT: u8 = 1;
const TO_READ: u8 = 3;

fn main() -> ExitCode {
    let language = language::chosen();
    let texts = Catalogue::new(language, "SEK");
    let matches = language::localized(Arguments::command(), &texts).get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    start_log(matches!(arguments.command, Command::Serve(_)));
    let terminal = Terminal::new(language, &arguments);
    match run(&arguments, &terminal) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::ToRead) => ExitCode::from(TO_READ),
        Err(error) => {
            terminal.fail(&error);
            ExitCode::from(COULD_NOT)
        }
    }
}

/// Technical talk goes to stderr, as much as `ODLA_LOG` says, for example `ODLA_LOG=debug` or `ODLA_LOG=odla_lake=info`.
/// A server talks by itself, in JSON, so that a program can read it; of the libraries below it only what went wrong.
fn start_log(serving: bool) {
    use tracing_subscriber::filter::filter_fn;
    use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};
    let usual = if serving {
        "warn,odla=info,odla_app=info,odla_server=info,odla_store=info"
    } else {
        "off"
    };
    let asked = std::env::var("ODLA_LOG").ok();
    let filter = asked
        .and_then(|asked| EnvFilter::try_new(asked).ok())
        .unwrap_or_else(|| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let careful = filter_fn(|of| may_be_told(of.target(), *of.level()));
    if serving {
        let log = log.json().flatten_event(true).with_span_list(false);
        log.finish().with(careful).init();
    } else {
        log.finish().with(careful).init();
    }
}

/// Libraries spell out what they work on when they talk much, such as the customer that a question is about; whatever is
/// asked for, they are heard up to `info` only.
fn may_be_told(target: &str, level: tracing::Level) -> bool {
    target.starts_with("odla") || level <= tracing::Level::INFO
}

fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Ending, AppError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?;
    runtime.block_on(dispatch(arguments, terminal))
}

async fn dispatch(arguments: &Arguments, terminal: &Terminal) -> Result<Ending, AppError> {
    match &arguments.command {
        Command::Fit(fit) => return commands::fit::run(fit, terminal),
        Command::Docs { folder } => return commands::docs::run(folder),
        Command::Recover(recover) => return commands::recover::run(recover, terminal).await,
        Command::Map(map) => return commands::map::run(map, terminal).await,
        Command::Openapi => return commands::openapi::run(terminal),
        _ => {}
    }
    let home = Home::open(&arguments.home)?;
    let terminal = &terminal.of_company(&home.settings);
    match &arguments.command {
        Command::Import(import) => commands::import::run(&home, import, terminal).await,
        Command::Analyze(analyze) => commands::analyze::run(&home, analyze, terminal).await,
        Command::Show(show) => commands::show::run(&home, show, terminal),
        Command::Reallocate(asked) => commands::reallocate::run(&home, asked, terminal),
        Command::Whatif(whatif) => commands::whatif::run(&home, whatif, terminal),
        Command::Rows(rows) => commands::rows::run(&home, rows, terminal).await,
        Command::Customer { id } => commands::customer::run(&home, id, terminal).await,
        Command::Export(export) => commands::export::run(&home, export, terminal),
        Command::EraseCustomer(erase) => commands::privacy::erase(&home, erase, terminal).await,
        Command::ExportCustomer(export) => commands::privacy::export(&home, export, terminal).await,
        Command::Demo(demo) => commands::demo::run(&home, demo, terminal).await,
        Command::Trial(trial) => commands::trial::run(&home, trial, terminal).await,
        Command::Serve(serve) => commands::serve::run(&home, serve, terminal).await,
        Command::Fit(_)
        | Command::Openapi
        | Command::Docs { .. }
        | Command::Recover(_)
        | Command::Map(_) => {
            unreachable!("handled above, without a home")
        }
    }
}
