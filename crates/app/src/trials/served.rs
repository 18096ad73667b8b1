//! What is everybody told of the trials, and how does a person size one, draw it and carry it out?

use super::forgotten::records;
use super::{eligible, prove, prove_open, refused, registered, source, start};
use crate::access::Caller;
use crate::office::on_one_thread;
use crate::{AppError, Denied, Office};
use jiff::civil::Date;
use odla_domain::trial::{Looks, RegisteredTrial, TrialPlan};
use odla_domain::{Params, Permission, Sentence};
use odla_insight::trials::{self, Design, Reading, TrialsConfig};
use odla_lake::coverage;
use odla_lake::frames::trial as frames;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A trial and what may be said of it on the ledger's last day.
pub struct Standing {
    pub trial: RegisteredTrial,
    pub reading: Reading,
    pub sentence: Sentence,
    /// The ledger's last day, and how many there are from it to the answer.
    pub as_of: Date,
    pub days_left: u64,
}

/// All trials, the newest first, as one version of the ledger knows them.
pub struct Diary {
    pub items: Vec<Standing>,
    version: u64,
    config: TrialsConfig,
}

/// What a plan asks for, what looking at any time would cost, and why it could not be drawn today.
pub struct Sized {
    pub design: Design,
    pub needed_once: usize,
    pub needed_any_time: usize,
    /// Key and holes of each reason.
    pub obstacles: Vec<(String, Params)>,
}

impl Office {
    /// Every trial as it stands today, also those that no run has seen yet.
    ///
    /// # Errors
    /// When a kept plan or the ledger cannot be read.
    pub async fn trials(&self, caller: &Caller) -> Result<Arc<Diary>, AppError> {
        caller.allow(Permission::SeeOverview)?;
        let config = registered(&self.home())?;
        let version = self.ledger()?.version().await?.unwrap_or(0);
        let mut held = self.diary.lock().await;
        let same = |diary: &&Arc<Diary>| diary.version == version && diary.config == config;
        if let Some(diary) = held.as_ref().filter(same) {
            return Ok(diary.clone());
        }
        let diary = Arc::new(self.read_diary(version, config).await?);
        *held = Some(diary.clone());
        Ok(diary)
    }

    async fn read_diary(&self, version: u64, config: TrialsConfig) -> Result<Diary, AppError> {
        let mut diary = Diary {
            items: Vec::new(),
            version,
            config,
        };
        if diary.config.registered.is_empty() {
            return Ok(diary);
        }
        let opened = self.opened().await?;
        let Some(as_of) = coverage::last_day(&opened.ctx).await? else {
            return Ok(diary);
        };
        for trial in &diary.config.registered {
            let frame = frames::drawn(&opened.ctx, trial, as_of).await?;
            let changed = diary.config.changed.contains(&trial.plan.trial_id);
            let reading = trials::read(trial, &frame, (as_of, changed));
            diary.items.push(Standing {
                sentence: trials::said(trial, &reading, as_of),
                trial: trial.clone(),
                reading,
                as_of,
                days_left: days_between(as_of, trial.plan.due_on()),
            });
        }
        (diary.items).sort_by(|a, b| {
            let (a, b) = (&a.trial.plan, &b.trial.plan);
            (b.drawn_on.cmp(&a.drawn_on)).then_with(|| a.trial_id.cmp(&b.trial_id))
        });
        Ok(diary)
    }

    /// How large the plan must be, and whether it could be drawn; nothing is changed.
    ///
    /// # Errors
    /// When the plan is no trial, or reaches beyond the person's sight.
    pub async fn size_trial(&self, caller: &Caller, plan: &TrialPlan) -> Result<Sized, AppError> {
        caller.allow(Permission::Analyze)?;
        prove(plan)?;
        self.prove_sight(caller, plan).await?;
        let (home, opened) = (self.home(), self.opened().await?);
        let frame = eligible(&home, &opened.ctx, plan).await?;
        let with = |looks: Looks| TrialPlan {
            looks,
            ..plan.clone()
        };
        let needed = |looks| trials::design(&with(looks), &frame).map(|design| design.needed);
        let mut obstacles = Vec::new();
        match prove_open(&home, &opened.ctx, plan).await {
            Ok(()) => {}
            Err(AppError::Told { key, params }) => obstacles.push((key, params)),
            Err(error) => return Err(error),
        }
        Ok(Sized {
            needed_once: needed(Looks::Once).map_err(refused)?,
            needed_any_time: needed(Looks::AnyTime).map_err(refused)?,
            design: trials::design(plan, &frame).map_err(refused)?,
            obstacles,
        })
    }

    /// Draws the arms; from then on the plan stands.
    ///
    /// # Errors
    /// As [`Self::size_trial`]; and when it has been drawn, its day has passed, or the ledger does not take the arms.
    pub async fn start_trial(
        self: &Arc<Self>,
        caller: &Caller,
        plan: TrialPlan,
        request: &str,
    ) -> Result<String, AppError> {
        caller.allow(Permission::Analyze)?;
        // Arms are rows of the ledger.
        caller.allow(Permission::Import)?;
        prove(&plan)?;
        self.prove_sight(caller, &plan).await?;
        let home = self.home();
        let started = on_one_thread(move || async move { start(&home, plan).await }).await?;
        let details = json!({"treated": started.treated, "control": started.control, "import": started.import});
        let act = caller.act(request);
        self.store
            .note(&act, "trial.drawn", &started.trial_id, &details)
            .await?;
        self.read_ahead().await;
        Ok(started.trial_id)
    }

    /// Who is to get the activity and who is not, as a file for those who carry it out: the customers in sight.
    ///
    /// # Errors
    /// When there is no such trial, or its plan has been changed since.
    pub async fn trial_arms(
        &self,
        caller: &Caller,
        id: &str,
        request: &str,
    ) -> Result<String, AppError> {
        caller.allow(Permission::Export)?;
        let (directory, sight) = {
            let visible = self.visible(caller, None).await?;
            (visible.directory, visible.sight)
        };
        let home = self.home();
        let known = registered(&home)?.registered.into_iter();
        let trial = { known }.find(|trial| trial.plan.trial_id == id);
        let trial = trial.filter(|trial| trial.source == source(&trial.plan));
        let trial = trial.ok_or(Denied::Unknown { what: "trial" })?;
        let file = home.folder().join(&trial.source);
        let text = tokio::fs::read_to_string(&file)
            .await
            .map_err(|source| AppError::file(&file, source))?;
        let mut kept = String::with_capacity(text.len());
        for (number, record) in records(&text).iter().enumerate() {
            let row = || directory.find(&record.customer_id);
            let seen = || row().is_some_and(|row| sight.holds(directory.word("unit_id", row)));
            if number == 0 || seen() {
                kept.push_str(record.line);
            }
        }
        self.store
            .note(&caller.act(request), "trial.arms_exported", id, &json!({}))
            .await?;
        Ok(kept)
    }

    /// Whoever sees some units draws among their customers only.
    async fn prove_sight(&self, caller: &Caller, plan: &TrialPlan) -> Result<(), AppError> {
        let sight = self.visible(caller, None).await?.sight;
        let units: BTreeSet<&str> = plan.eligible.units.iter().map(String::as_str).collect();
        let within = !units.is_empty() && units.iter().all(|unit| sight.holds(Some(unit)));
        match sight.is_all() || within {
            true => Ok(()),
            false => Err(Denied::Unknown { what: "unit" }.into()),
        }
    }
}

/// Zero when the day has passed.
fn days_between(from: Date, until: Date) -> u64 {
    let left = from.until((jiff::Unit::Day, until));
    left.map_or(0, |left| u64::try_from(left.get_days()).unwrap_or(0))
}
