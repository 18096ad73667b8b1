//! Which capabilities are there, what does each need, and how is each computed?
//!
//! Adding a capability is adding its folder in `insight`, its frame, and one line in [`ALL`].

use crate::{AnalyzeRequest, AppError, Home, Settings};
use jiff::civil::Date;
use odla_domain::frames::effects::EffectsFrame;
use odla_domain::{CustomerScores, Missing, Need, Outcome};
use odla_insight::{
    activities, allocation, claims, deals, delivery, drivers, effects, incidents, link, loyalty,
    opening_hours, overview, portfolio, profit, promises, service_level, targets, timing, trials,
    value,
};
use odla_lake::{SessionContext, Snapshot, coverage, frames};
use serde::Serialize;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::OnceCell;

type Computing<'b> = Pin<Box<dyn Future<Output = Result<Outcome, AppError>> + Send + 'b>>;

/// One capability: its word, what it needs, how it is computed.
pub struct Capability {
    pub word: &'static str,
    /// All of: any of.
    pub needs: fn() -> Vec<Vec<Need>>,
    pub compute: for<'b> fn(&'b Bench) -> Computing<'b>,
}

/// In the order of computation: later ones read what earlier ones found.
pub const ALL: &[Capability] = &[
    Capability {
        word: "profit",
        needs: profit::needs,
        compute: |bench| Box::pin(compute_profit(bench)),
    },
    Capability {
        word: "value",
        needs: value::needs,
        compute: |bench| Box::pin(compute_value(bench)),
    },
    Capability {
        word: "link",
        needs: link::needs,
        compute: |bench| Box::pin(compute_link(bench)),
    },
    Capability {
        word: "drivers",
        needs: drivers::needs,
        compute: |bench| Box::pin(compute_drivers(bench)),
    },
    Capability {
        word: "loyalty",
        needs: loyalty::needs,
        compute: |bench| Box::pin(compute_loyalty(bench)),
    },
    Capability {
        word: "activities",
        needs: activities::needs,
        compute: |bench| Box::pin(compute_activities(bench)),
    },
    Capability {
        word: "effects",
        needs: effects::needs,
        compute: |bench| Box::pin(compute_effects(bench)),
    },
    Capability {
        word: "timing",
        needs: timing::needs,
        compute: |bench| Box::pin(compute_timing(bench)),
    },
    Capability {
        word: "incidents",
        needs: incidents::needs,
        compute: |bench| Box::pin(compute_incidents(bench)),
    },
    Capability {
        word: "promises",
        needs: promises::needs,
        compute: |bench| Box::pin(compute_promises(bench)),
    },
    Capability {
        word: "deals",
        needs: deals::needs,
        compute: |bench| Box::pin(compute_deals(bench)),
    },
    Capability {
        word: "service_level",
        needs: service_level::needs,
        compute: |bench| Box::pin(compute_service_level(bench)),
    },
    Capability {
        word: "delivery",
        needs: delivery::needs,
        compute: |bench| Box::pin(compute_delivery(bench)),
    },
    Capability {
        word: "opening_hours",
        needs: opening_hours::needs,
        compute: |bench| Box::pin(compute_opening_hours(bench)),
    },
    Capability {
        word: "allocation",
        needs: allocation::needs,
        compute: |bench| Box::pin(compute_allocation(bench)),
    },
    Capability {
        word: "targets",
        needs: targets::needs,
        compute: |bench| Box::pin(compute_targets(bench)),
    },
    Capability {
        word: "portfolio",
        needs: portfolio::needs,
        compute: |bench| Box::pin(compute_portfolio(bench)),
    },
    Capability {
        word: "trials",
        needs: trials::needs,
        compute: |bench| Box::pin(compute_trials(bench)),
    },
    Capability {
        word: "claims",
        needs: claims::needs,
        compute: |bench| Box::pin(compute_claims(bench)),
    },
    Capability {
        word: "overview",
        needs: Vec::new,
        compute: |bench| Box::pin(compute_overview(bench)),
    },
];

/// The words that were asked for, in the order of computation; all when none was.
pub fn chosen(only: &[String]) -> Result<Vec<&'static Capability>, AppError> {
    let known = || {
        ALL.iter()
            .map(|capability| capability.word)
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(word) = only
        .iter()
        .find(|word| ALL.iter().all(|capability| capability.word != **word))
    {
        return Err(AppError::UnknownCapability {
            word: word.clone(),
            known: known(),
        });
    }
    let asked = |capability: &&Capability| {
        only.is_empty() || only.iter().any(|word| word == capability.word)
    };
    Ok(ALL.iter().filter(asked).collect())
}

/// How every capability is configured; kept whole in the run.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    pub profit: profit::ProfitConfig,
    pub value: value::ValueConfig,
    pub link: link::LinkConfig,
    pub drivers: drivers::DriversConfig,
    pub loyalty: loyalty::LoyaltyConfig,
    pub activities: activities::ActivitiesConfig,
    pub effects: effects::EffectsConfig,
    pub incidents: incidents::IncidentsConfig,
    pub promises: promises::PromisesConfig,
    pub deals: deals::DealsConfig,
    pub service_level: service_level::ServiceLevelConfig,
    pub delivery: delivery::DeliveryConfig,
    pub opening_hours: opening_hours::OpeningConfig,
    pub allocation: allocation::AllocationConfig,
    pub targets: targets::TargetsConfig,
    pub portfolio: portfolio::PortfolioConfig,
    pub trials: trials::TrialsConfig,
    pub claims: claims::ClaimsConfig,
}

impl Configuration {
    pub fn of(settings: &Settings) -> Self {
        let analysis = &settings.analysis;
        let mut configuration = Self {
            profit: profit::ProfitConfig::standard(),
            value: value::ValueConfig::standard(),
            link: link::LinkConfig::standard(),
            drivers: drivers::DriversConfig::standard(),
            loyalty: loyalty::LoyaltyConfig::standard(),
            activities: activities::ActivitiesConfig::standard(),
            effects: effects::EffectsConfig::standard(),
            incidents: incidents::IncidentsConfig::standard(),
            promises: promises::PromisesConfig::standard(),
            deals: deals::DealsConfig::standard(),
            service_level: service_level::ServiceLevelConfig::standard(),
            delivery: delivery::DeliveryConfig::standard(),
            opening_hours: opening_hours::OpeningConfig::standard(),
            allocation: allocation::AllocationConfig::standard(),
            targets: targets::TargetsConfig::standard(),
            portfolio: portfolio::PortfolioConfig::standard(),
            trials: trials::TrialsConfig::default(),
            claims: claims::ClaimsConfig::standard(),
        };
        configuration.profit.assumed_margin_share = analysis.assumed_margin_share;
        configuration.value.assumed_margin_share = analysis.assumed_margin_share;
        configuration.value.discount_yearly = analysis.discount_rate;
        configuration.value.horizon_months = analysis.horizon_months;
        configuration.value.level = analysis.level;
        configuration.link.level = analysis.level;
        configuration.drivers.level = analysis.level;
        configuration.loyalty.level = analysis.level;
        configuration.activities.level = analysis.level;
        configuration.activities.credit_yearly = analysis.discount_rate;
        configuration.effects.level = analysis.level;
        configuration.effects.discount_yearly = analysis.discount_rate;
        configuration.incidents.level = analysis.level;
        configuration.promises.level = analysis.level;
        configuration.deals.level = analysis.level;
        configuration.service_level.level = analysis.level;
        configuration.service_level.discount_yearly = analysis.discount_rate;
        configuration.service_level.horizon_months = analysis.horizon_months;
        configuration.delivery.level = analysis.level;
        configuration.delivery.discount_yearly = analysis.discount_rate;
        configuration.delivery.horizon_months = analysis.horizon_months;
        configuration.opening_hours.level = analysis.level;
        configuration.allocation.level = analysis.level;
        configuration.targets.level = analysis.level;
        configuration.portfolio.level = analysis.level;
        configuration.claims.level = analysis.level;
        configuration.claims.discount_yearly = analysis.discount_rate;
        configuration
    }
}

/// What a capability has before it: the pinned ledger, the date, the settings and what was found before.
pub struct Bench {
    pub ctx: SessionContext,
    pub settings: Settings,
    pub configuration: Configuration,
    pub as_of: Date,
    pub seed: u64,
    /// Per table, the columns that hold at least one value.
    pub present: BTreeMap<String, Vec<String>>,
    pub earlier: Vec<Outcome>,
    pub missing: Vec<Missing>,
    /// What each activity did, which two capabilities read: computed once.
    judged: OnceCell<Arc<Studies>>,
}

/// The activities with what was found of each.
struct Studies {
    frame: EffectsFrame,
    judged: Vec<effects::Judged>,
}

impl Bench {
    pub async fn open(
        home: &Home,
        snapshot: &Snapshot,
        request: &AnalyzeRequest,
    ) -> Result<Self, AppError> {
        let ctx = snapshot.session().await?;
        let last_day = coverage::last_day(&ctx).await?;
        let configuration = Configuration {
            trials: crate::trials::registered(home)?,
            ..Configuration::of(&home.settings)
        };
        Ok(Self {
            present: coverage::filled(&ctx, snapshot).await?,
            ctx,
            configuration,
            settings: home.settings.clone(),
            as_of: request.as_of.or(last_day).ok_or(AppError::EmptyLedger)?,
            seed: request.seed,
            earlier: Vec::new(),
            missing: Vec::new(),
            judged: OnceCell::new(),
        })
    }

    fn outcome(&self, word: &str) -> Option<&Outcome> {
        self.earlier
            .iter()
            .find(|outcome| outcome.report.capability == word)
    }

    async fn studies(&self) -> Result<Arc<Studies>, AppError> {
        let study = async || {
            let params = frames::effects::EffectsParams {
                assumed_margin_share: self.settings.analysis.assumed_margin_share,
                ..frames::effects::EffectsParams::standard(self.as_of)
            };
            let frame = frames::effects::effects(&self.ctx, &params).await?;
            let (config, seed) = (self.configuration.effects.clone(), self.seed);
            let studies = apart(move || {
                let judged = effects::judge_all(&frame, &config, seed);
                Ok(Studies { frame, judged })
            });
            Ok::<_, AppError>(Arc::new(studies.await?))
        };
        self.judged.get_or_try_init(study).await.cloned()
    }

    fn scores(&self, word: &str) -> Option<&CustomerScores> {
        self.outcome(word)?.scores.as_ref()
    }
}

/// Runs the computation off the threads that read the ledger.
async fn apart<T: Send + 'static>(
    compute: impl FnOnce() -> Result<T, odla_insight::InsightError> + Send + 'static,
) -> Result<T, AppError> {
    let joined = tokio::task::spawn_blocking(compute).await;
    joined
        .map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })?
        .map_err(AppError::from)
}

async fn compute_profit(bench: &Bench) -> Result<Outcome, AppError> {
    let frame = frames::profit::profit(
        &bench.ctx,
        &frames::profit::ProfitParams { as_of: bench.as_of },
    )
    .await?;
    let (config, seed) = (bench.configuration.profit.clone(), bench.seed);
    apart(move || profit::assess(&frame, &config, seed)).await
}

async fn compute_value(bench: &Bench) -> Result<Outcome, AppError> {
    let as_of = bench.as_of;
    let purchases =
        frames::purchases::purchases(&bench.ctx, &frames::purchases::PurchasesParams { as_of })
            .await?;
    let renewals =
        frames::renewals::renewals(&bench.ctx, &frames::renewals::RenewalsParams { as_of }).await?;
    let (config, seed) = (bench.configuration.value.clone(), bench.seed);
    apart(move || value::assess(&purchases, &renewals, &config, seed)).await
}

async fn compute_link(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::link::LinkParams::standard(bench.as_of);
    let frame = frames::link::link(&bench.ctx, &params).await?;
    let (config, seed) = (bench.configuration.link.clone(), bench.seed);
    apart(move || link::assess(frame.as_ref(), &config, seed)).await
}

async fn compute_drivers(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::drivers::DriversParams::standard(bench.as_of);
    let frame = frames::drivers::drivers(&bench.ctx, &params).await?;
    let (config, seed) = (bench.configuration.drivers.clone(), bench.seed);
    apart(move || drivers::assess(&frame, &config, seed)).await
}

async fn compute_loyalty(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::loyalty::LoyaltyParams::standard(bench.as_of);
    let frame = frames::loyalty::loyalty(&bench.ctx, &params).await?;
    let value = bench.outcome("value").cloned();
    let (config, seed) = (bench.configuration.loyalty.clone(), bench.seed);
    apart(move || loyalty::assess(&frame, value.as_ref(), &config, seed)).await
}

async fn compute_activities(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::activities::ActivitiesParams::standard(bench.as_of);
    let frame = frames::activities::activities(&bench.ctx, &params).await?;
    let (config, value) = (&bench.configuration.activities, bench.scores("value"));
    Ok(activities::assess(&frame, value, config, bench.seed)?)
}

async fn compute_effects(bench: &Bench) -> Result<Outcome, AppError> {
    let studies = bench.studies().await?;
    let (config, seed) = (bench.configuration.effects.clone(), bench.seed);
    apart(move || effects::assess(&studies.frame, &studies.judged, &config, seed)).await
}

async fn compute_timing(bench: &Bench) -> Result<Outcome, AppError> {
    let studies = bench.studies().await?;
    let (config, seed) = (bench.configuration.effects.clone(), bench.seed);
    apart(move || timing::assess(&studies.frame, &studies.judged, &config, seed)).await
}

async fn compute_promises(bench: &Bench) -> Result<Outcome, AppError> {
    let frame = frames::promises::promises(&bench.ctx, bench.as_of).await?;
    let config = bench.configuration.promises.clone();
    apart(move || promises::assess(&frame, &config)).await
}

async fn compute_incidents(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::incidents::IncidentsParams::standard(bench.as_of);
    let frame = frames::incidents::incidents(&bench.ctx, &params).await?;
    let (config, seed) = (bench.configuration.incidents.clone(), bench.seed);
    apart(move || incidents::assess(&frame, &config, seed)).await
}

async fn compute_deals(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::deals::DealsParams::standard(bench.as_of);
    let frame = frames::deals::deals(&bench.ctx, &params).await?;
    let (config, seed) = (bench.configuration.deals.clone(), bench.seed);
    apart(move || deals::assess(&frame, &config, seed)).await
}

async fn compute_service_level(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::service::ServiceParams::standard(bench.as_of);
    let frame = frames::service::service(&bench.ctx, &params).await?;
    let value = bench.scores("value").cloned();
    let (config, seed) = (bench.configuration.service_level.clone(), bench.seed);
    apart(move || service_level::assess(&frame, value.as_ref(), &config, seed)).await
}

async fn compute_delivery(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::delivery::DeliveryParams::standard(bench.as_of);
    let frame = frames::delivery::delivery(&bench.ctx, &params).await?;
    let value = bench.scores("value").cloned();
    let minute_cost = bench.outcome("service_level").and_then(|outcome| {
        let figure = outcome.report.figure("service_level.minute_cost")?;
        figure.value
    });
    let config = bench.configuration.delivery.clone();
    apart(move || {
        let known = delivery::Known {
            value: value.as_ref(),
            minute_cost,
        };
        delivery::assess(&frame, known, &config)
    })
    .await
}

async fn compute_opening_hours(bench: &Bench) -> Result<Outcome, AppError> {
    let zone = &bench.settings.time_zone;
    let frame = frames::opening::opening(&bench.ctx, bench.as_of, zone).await?;
    let known = bench
        .outcome("service_level")
        .map_or_else(Default::default, |outcome| {
            opening_hours::Known::of(&outcome.report)
        });
    let config = bench.configuration.opening_hours.clone();
    apart(move || opening_hours::assess(&frame, &known, &config)).await
}

async fn compute_allocation(bench: &Bench) -> Result<Outcome, AppError> {
    let (kept, doings) = spending(bench);
    let (config, seed) = (bench.configuration.allocation.clone(), bench.seed);
    apart(move || allocation::assess(kept.as_ref(), &doings, &config, seed)).await
}

async fn compute_targets(bench: &Bench) -> Result<Outcome, AppError> {
    let (kept, doings) = spending(bench);
    let (of_allocation, config) = (
        bench.configuration.allocation.clone(),
        bench.configuration.targets.clone(),
    );
    let retention = bench.outcome("value").and_then(|value| {
        let figure = value.report.figure("retention.12m")?;
        Some(targets::Retention {
            share: figure.value?,
            customers: figure.n as f64,
        })
    });
    let frame = frames::segments::segments(&bench.ctx, bench.as_of).await?;
    let value = bench.scores("value").cloned();
    let seed = bench.seed;
    apart(move || {
        let places = allocation::places(kept.as_ref(), &doings, &of_allocation, seed);
        let customers = targets::Customers {
            frame: &frame,
            value: value.as_ref(),
        };
        targets::assess(&places, retention, Some(customers), &config)
    })
    .await
}

/// What is known of the worth of money: the curves of handling time, and activities with their cost and value strength.
fn spending(bench: &Bench) -> (Option<service_level::whatif::Kept>, Vec<allocation::Doing>) {
    let kept = (bench.outcome("service_level"))
        .and_then(|outcome| service_level::whatif::Kept::of(&outcome.report));
    let register = bench.outcome("activities").map(|outcome| &outcome.report);
    let strength = |key: &str| {
        bench
            .earlier
            .iter()
            .find_map(|outcome| outcome.report.figure(key))
    };
    let doings = register.map_or_else(Vec::new, |register| {
        allocation::Doing::of_register(register, &strength)
    });
    (kept, doings)
}

async fn compute_portfolio(bench: &Bench) -> Result<Outcome, AppError> {
    let frame = frames::portfolio::portfolio(&bench.ctx).await?;
    let empty = CustomerScores::default();
    let value = bench.scores("value").unwrap_or(&empty);
    Ok(portfolio::assess(
        &frame,
        value,
        bench.scores("profit"),
        &bench.configuration.portfolio,
    )?)
}

async fn compute_trials(bench: &Bench) -> Result<Outcome, AppError> {
    let (config, as_of) = (bench.configuration.trials.clone(), bench.as_of);
    let mut read = Vec::new();
    for trial in &config.registered {
        read.push(frames::trial::drawn(&bench.ctx, trial, as_of).await?);
    }
    apart(move || Ok(trials::assess(&read, &config, as_of))).await
}

async fn compute_claims(bench: &Bench) -> Result<Outcome, AppError> {
    let params = frames::claims::ClaimsParams { as_of: bench.as_of };
    let frame = frames::claims::claims(&bench.ctx, &params).await?;
    let (config, seed) = (bench.configuration.claims.clone(), bench.seed);
    let earlier = bench.earlier.clone();
    apart(move || claims::assess(&frame, &earlier, &config, seed)).await
}

async fn compute_overview(bench: &Bench) -> Result<Outcome, AppError> {
    Ok(overview::assess(&bench.earlier, &bench.missing))
}
