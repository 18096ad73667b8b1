//! Which commands and flags are there? Their help texts stand in the catalogues, in both languages.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

#[derive(Parser)]
#[command(
    name = "odla",
    version,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub struct Arguments {
    #[arg(
        long,
        global = true,
        env = "ODLA_HOME",
        default_value = "./odla-home",
        value_name = "DIR"
    )]
    pub home: PathBuf,
    #[arg(long, global = true, value_name = "sv|en")]
    pub lang: Option<odla_app::text::Language>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true)]
    pub no_color: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Demo(DemoArguments),
    Import(ImportArguments),
    Map(MapArguments),
    Analyze(AnalyzeArguments),
    Show(ShowArguments),
    Whatif(WhatifArguments),
    Reallocate(ReallocateArguments),
    Rows(RowsArguments),
    Customer {
        #[arg(value_name = "ID")]
        id: String,
    },
    Export(ExportArguments),
    EraseCustomer(EraseArguments),
    ExportCustomer(ExportCustomerArguments),
    Fit(Box<FitArguments>),
    Recover(RecoverArguments),
    Trial(TrialArguments),
    Serve(ServeArguments),
    Openapi,
    #[command(hide = true)]
    Docs {
        folder: PathBuf,
    },
}

#[derive(Args)]
pub struct DemoArguments {
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub customers: usize,
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    #[arg(long)]
    pub no_serve: bool,
}

#[derive(Args)]
pub struct TrialArguments {
    #[arg(value_name = "PLAN.toml")]
    pub plan: PathBuf,
    #[arg(long)]
    pub start: bool,
}

#[derive(Args)]
pub struct ServeArguments {
    #[arg(long, default_value = "127.0.0.1:8350", value_name = "ADDR")]
    pub listen: String,
    #[arg(
        long,
        env = "ODLA_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database: Option<String>,
}

#[derive(Args)]
pub struct ImportArguments {
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub struct MapArguments {
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct AnalyzeArguments {
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    #[arg(long, value_delimiter = ',', value_name = "WORD,...")]
    pub only: Vec<String>,
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    #[arg(long, value_name = "IMPORT|DATE")]
    pub known_at: Option<String>,
}

#[derive(Args)]
pub struct ShowArguments {
    #[arg(default_value = "management", value_name = "PAGE|FIGURE")]
    pub page: String,
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

#[derive(Args)]
pub struct WhatifArguments {
    #[arg(value_name = "REASON=MINUTES")]
    pub minutes: Vec<String>,
    #[arg(long, value_name = "MINUTES")]
    pub all: Option<f64>,
    #[arg(long, value_name = "0..1")]
    pub releasable: Option<f64>,
    #[arg(long, value_name = "AMOUNT")]
    pub minute_cost: Option<f64>,
    #[arg(long, default_value_t = 0.0, value_name = "AMOUNT")]
    pub one_off: f64,
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

#[derive(Args)]
pub struct ReallocateArguments {
    #[arg(long, value_name = "AMOUNT", conflicts_with = "save")]
    pub money: Option<String>,
    #[arg(long, value_name = "0..1")]
    pub save: Option<String>,
    #[arg(long, value_name = "PLACE")]
    pub lock: Vec<String>,
    #[arg(long, value_name = "PLACE")]
    pub keep: Vec<String>,
    #[arg(long, value_name = "PLACE")]
    pub cap: Vec<String>,
    #[arg(long, value_name = "PROCESS=LEAST..MOST")]
    pub process: Vec<String>,
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RowFormat {
    Csv,
    Json,
    Parquet,
}

#[derive(Args)]
pub struct RowsArguments {
    #[arg(value_name = "FIGURE")]
    pub figure: String,
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    #[arg(long, value_enum, default_value = "csv")]
    pub format: RowFormat,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct ExportArguments {
    #[arg(default_value = "management", value_name = "PAGE")]
    pub page: String,
    #[arg(long, default_value = "xlsx", value_name = "xlsx|csv|parquet|pdf")]
    pub format: odla_app::exports::Format,
    #[arg(long, value_name = "KEY")]
    pub table: Option<String>,
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct EraseArguments {
    #[arg(value_name = "ID")]
    pub id: String,
    #[arg(long)]
    pub purge: bool,
}

#[derive(Args)]
pub struct ExportCustomerArguments {
    #[arg(value_name = "ID")]
    pub id: String,
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct FitArguments {
    #[arg(value_name = "METHOD")]
    pub method: String,
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long = "col", value_name = "ROLE=NAME")]
    pub columns: Vec<String>,
    #[arg(long, value_delimiter = ',', value_name = "A,B,...")]
    pub covariates: Vec<String>,
    #[arg(long, value_name = "NAME")]
    pub outcome: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub treatment: Option<String>,
    #[arg(long, value_name = "VALUE")]
    pub control: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub weights: Option<String>,
    #[arg(long, value_name = "N")]
    pub bootstrap: Option<usize>,
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub budget: Option<f64>,
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    #[arg(long = "method", value_name = "DESIGN")]
    pub design: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    #[arg(long, value_name = "H")]
    pub predict: Option<f64>,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "days|weeks|months|years")]
    pub unit: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub calibration_end: Option<Date>,
}

#[derive(Args)]
pub struct RecoverArguments {
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub seeds: u64,
    #[arg(long, default_value_t = 1_500, value_name = "N")]
    pub customers: usize,
    #[arg(long, value_delimiter = ',', value_name = "WORD,...")]
    pub only: Vec<String>,
}
