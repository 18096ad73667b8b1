//! How is a trial sized, drawn and remembered? The plan is kept in the home, its arms in the ledger.
//!
//! The kept plan lies in `trials/<id>.toml`; the arms bear its hash in their source, so that a plan that somebody changes
//! afterwards no longer fits them.

mod forgotten;
mod served;

pub use forgotten::forget_customer;
pub use odla_insight::trials::unit;
pub use served::{Diary, Sized, Standing};

use crate::{AppError, Home};
use jiff::Timestamp;
use jiff::civil::Date;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::{PlanFault, RegisteredTrial, TrialPlan};
use odla_domain::{Caution, Params};
use odla_insight::InsightError;
use odla_insight::trials::{self, Design, TrialsConfig};
use odla_lake::frames::trial as frames;
use odla_lake::import::{Below, ImportRequest, import_below};
use odla_lake::{At, SessionContext, coverage};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The file's name says which table it is.
const ARMS: &str = "exposures.csv";
/// Characters of the hash that name the arms; the figures' rows are found by their number.
const MARK: usize = 16;

/// What became of a draw.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    pub trial_id: String,
    pub treated: u64,
    pub control: u64,
    /// Strata drawn within, or units drawn.
    pub blocks: usize,
    pub due_on: Date,
    /// Where the arms lie as a file, for whoever carries out the activity.
    pub arms: String,
    pub import: String,
}

/// What the plan asks for and what it can give; nothing is changed.
///
/// # Errors
/// When the plan is no trial, or its outcome does not vary.
pub async fn size(home: &Home, plan: &TrialPlan) -> Result<Design, AppError> {
    prove(plan)?;
    let frame = eligible(home, &session(home).await?, plan).await?;
    trials::design(plan, &frame).map_err(refused)
}

/// Draws the arms, keeps the plan and writes the arms to the ledger: from then on the plan stands.
///
/// # Errors
/// As [`size`]; and when the trial has been drawn, its day has passed in the ledger, or the ledger does not take the arms.
pub async fn start(home: &Home, plan: TrialPlan) -> Result<Started, AppError> {
    prove(&plan)?;
    let ctx = session(home).await?;
    prove_open(home, &ctx, &plan).await?;
    let frame = eligible(home, &ctx, &plan).await?;
    let design = trials::design(&plan, &frame).map_err(refused)?;
    let draw = trials::draw(&plan, &frame).map_err(refused)?;
    let treated = draw.treated.iter().filter(|treated| **treated).count() as u64;
    let trial = RegisteredTrial {
        treated,
        control: frame.len() as u64 - treated,
        expected_error: design.expected_error,
        source: source(&plan),
        forgotten_treated: 0,
        forgotten_control: 0,
        plan,
    };
    let arms = home.folder().join(&trial.source);
    write(&arms, &arms_of(&trial.plan, &frame, &draw.treated))?;
    if let Err(refusal) = take_in(home, &arms, true).await {
        // Arms that the ledger does not take belong to no trial.
        remove(&arms)?;
        return Err(refusal);
    }
    write(&kept_at(home, &trial.plan.trial_id), &toml_of(&trial)?)?;
    let import = take_in(home, &arms, false).await?;
    Ok(Started {
        trial_id: trial.plan.trial_id.clone(),
        treated,
        control: trial.control,
        blocks: draw.blocks,
        due_on: trial.plan.due_on(),
        arms: arms.display().to_string(),
        import,
    })
}

/// Every kept trial, by name; those whose plan no longer fits its arms are listed as changed.
///
/// # Errors
/// When a kept plan cannot be read.
pub fn registered(home: &Home) -> Result<TrialsConfig, AppError> {
    let mut config = TrialsConfig::default();
    let folder = home.folder().join("trials");
    if !folder.is_dir() {
        return Ok(config);
    }
    let entries = fs::read_dir(&folder).map_err(|source| AppError::file(&folder, source))?;
    let mut files: Vec<PathBuf> = (entries.filter_map(|entry| Some(entry.ok()?.path())))
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|source| AppError::file(&file, source))?;
        let trial: RegisteredTrial =
            toml::from_str(&text).map_err(|error| unreadable(&file, &error))?;
        if trial.source != source(&trial.plan) {
            config.changed.push(trial.plan.trial_id.clone());
        }
        config.registered.push(trial);
    }
    Ok(config)
}

/// A plan as somebody has written it down.
///
/// # Errors
/// When the file is no plan.
pub fn read_plan(file: &Path) -> Result<TrialPlan, AppError> {
    let text = fs::read_to_string(file).map_err(|source| AppError::file(file, source))?;
    (toml::from_str(&text).map(with_days))
        .and_then(toml::Table::try_into)
        .map_err(|error| unreadable(file, &error))
}

fn prove(plan: &TrialPlan) -> Result<(), AppError> {
    plan.prove()
        .map_err(|fault: PlanFault| told(fault.key(), [("what", fault.what().to_owned())]))
}

/// Those who fit the plan, but for who stays out of every draw.
async fn eligible(
    home: &Home,
    ctx: &SessionContext,
    plan: &TrialPlan,
) -> Result<TrialFrame, AppError> {
    Ok(frames::eligible(ctx, plan, &held_out(home, plan)?).await?)
}

/// Whether the plan could be drawn today: its activity is known, its outcome is not, and it has not been drawn.
async fn prove_open(home: &Home, ctx: &SessionContext, plan: &TrialPlan) -> Result<(), AppError> {
    if !frames::knows_activity(ctx, &plan.activity_id).await? {
        let activity = ("activity", plan.activity_id.clone());
        return Err(told("trial.no_activity", [activity]));
    }
    prove_before_the_facts(ctx, plan).await?;
    prove_fresh(home, ctx, plan).await
}

/// TOML has days of its own; here a day is a text.
fn with_days(mut table: toml::Table) -> toml::Table {
    for (_, value) in &mut table {
        if let toml::Value::Datetime(day) = value {
            *value = toml::Value::String(day.to_string());
        }
    }
    table
}

async fn session(home: &Home) -> Result<SessionContext, AppError> {
    Ok(home.ledger()?.at(&At::Latest).await?.session().await?)
}

/// Whoever knows the outcome cannot draw any more.
async fn prove_before_the_facts(ctx: &SessionContext, plan: &TrialPlan) -> Result<(), AppError> {
    match coverage::last_day(ctx).await? {
        Some(last) if last > plan.drawn_on => Err(told(
            "trial.late",
            [
                ("drawn_on", plan.drawn_on.to_string()),
                ("last", last.to_string()),
            ],
        )),
        Some(_) => Ok(()),
        None => Err(AppError::EmptyLedger),
    }
}

/// A trial is drawn once. A draw that was cut off before its arms were taken in may be made again, as it was.
async fn prove_fresh(home: &Home, ctx: &SessionContext, plan: &TrialPlan) -> Result<(), AppError> {
    let kept = registered(home)?.registered;
    let Some(earlier) = kept.iter().find(|t| t.plan.trial_id == plan.trial_id) else {
        return Ok(());
    };
    let exists = || told("trial.exists", [("trial", plan.trial_id.clone())]);
    if earlier.plan != *plan {
        return Err(exists());
    }
    match frames::drawn(ctx, earlier, plan.drawn_on).await?.is_empty() {
        true => Ok(()),
        false => Err(exists()),
    }
}

/// Activities whose controls stay out of every other draw.
fn held_out(home: &Home, plan: &TrialPlan) -> Result<Vec<String>, AppError> {
    let kept = registered(home)?.registered.into_iter();
    Ok(kept
        .map(|trial| trial.plan)
        .filter(|other| other.standing && other.trial_id != plan.trial_id)
        .map(|other| other.activity_id)
        .collect())
}

fn source(plan: &TrialPlan) -> String {
    let text = serde_json::to_string(plan).expect("a plan holds plain values only");
    let hash = Sha256::digest(text.as_bytes());
    let mark: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("trials/{}-{}/{ARMS}", plan.trial_id, &mark[..MARK])
}

fn kept_at(home: &Home, trial_id: &str) -> PathBuf {
    home.folder()
        .join("trials")
        .join(format!("{trial_id}.toml"))
}

fn toml_of(trial: &RegisteredTrial) -> Result<String, AppError> {
    toml::to_string(trial).map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })
}

fn arms_of(plan: &TrialPlan, frame: &TrialFrame, treated: &[bool]) -> String {
    let cost = match plan.cost_per_customer {
        cost if cost > 0.0 => cost.to_string(),
        _ => String::new(),
    };
    let mut text = "activity_id,customer_id,exposed_on,arm,exposure_cost\n".to_owned();
    for (customer, treated) in frame.customer_id.iter().zip(treated) {
        let (arm, cost) = match treated {
            true => ("treated", cost.as_str()),
            false => ("control", ""),
        };
        let cells =
            [&plan.activity_id, customer].map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        text += &format!("{},{},{},{arm},{cost}\n", cells[0], cells[1], plan.drawn_on);
    }
    text
}

/// The file, and the folder that was made for it.
fn remove(file: &Path) -> Result<(), AppError> {
    fs::remove_file(file).map_err(|source| AppError::file(file, source))?;
    if let Some(folder) = file.parent() {
        fs::remove_dir(folder).map_err(|source| AppError::file(folder, source))?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), AppError> {
    let failed = |source| AppError::file(file, source);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(file, text).map_err(failed)
}

/// Imports the arms; all of them, or none.
async fn take_in(home: &Home, arms: &Path, dry_run: bool) -> Result<String, AppError> {
    let request = ImportRequest {
        paths: vec![arms.to_owned()],
        mapping: None,
        dry_run,
        time_zone: home.settings.time_zone.clone(),
        now: Timestamp::now(),
    };
    let below = Some(Below(home.folder()));
    let summary = import_below(&home.ledger()?, request, below, &|_| {}).await?;
    let reasons = summary.rejected.values().flat_map(|of| of.keys().cloned());
    match reasons.reduce(|all, reason| format!("{all}, {reason}")) {
        None => Ok(summary.import),
        Some(reasons) => Err(told("trial.rejected", [("reasons", reasons)])),
    }
}

fn unreadable(file: &Path, error: &toml::de::Error) -> AppError {
    AppError::Settings {
        file: file.display().to_string(),
        detail: error.to_string(),
    }
}

/// Too few to draw is the plan's fault, and said as such.
fn refused(error: InsightError) -> AppError {
    match error {
        InsightError::TooLittleData(Caution { key, params }) => AppError::Told { key, params },
        error => told("trial.not_sized", [("detail", error.to_string())]),
    }
}

fn told<const N: usize>(key: &str, params: [(&str, String); N]) -> AppError {
    let params: Params = (params.into_iter())
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    AppError::Told {
        key: key.to_owned(),
        params,
    }
}
