//! How do things that cannot be measured directly, such as image and loyalty, hang together?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::Estimate;
use odla_stats::pls::{
    Block, Indices, Mode, PathPlan, PlsConfig, PlsFit, Scheme, fit as fit_plan, indices,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub const METHOD: Method = Method {
    name: "pls",
    roles: &["weights"],
    flags: &["model", "weights", "bootstrap"],
    fit,
};

const USUAL_ROUNDS: usize = 200;

/// The file that `--model` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    blocks: BTreeMap<String, BlockDescription>,
    paths: Vec<(String, String)>,
    #[serde(default)]
    scheme: SchemeWord,
    /// Items are always brought to one scale; the key may say so, not otherwise.
    #[serde(default = "yes")]
    scaled: bool,
    #[serde(default)]
    consistent: bool,
    /// Lowest and highest answer, when indices from 0 to 100 are wanted.
    scale: Option<(f64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockDescription {
    items: Vec<String>,
    #[serde(default)]
    mode: ModeWord,
}

#[derive(Deserialize, Default, Clone, Copy)]
enum ModeWord {
    #[default]
    A,
    B,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum SchemeWord {
    #[default]
    Path,
    Centroid,
    Factorial,
}

/// Items as columns, and the plan that speaks of them by number.
struct Plan {
    items: Vec<String>,
    plan: PathPlan,
    config: PlsConfig,
    scale: Option<(f64, f64)>,
}

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let text = input
        .options
        .model
        .as_deref()
        .ok_or_else(|| FitError::FlagMissing {
            method: input.method.to_owned(),
            flag: "model".to_owned(),
        })?;
    let plan = read(input, text)?;
    let columns = plan
        .items
        .iter()
        .map(|item| input.columns.numbers(item))
        .collect::<Result<Vec<_>, _>>()?;
    let weights = input.weights()?.unwrap_or_default();
    let counts = |row: usize| {
        let weight = weights.get(row).copied().unwrap_or(1.0);
        weight > 0.0 && columns.iter().any(|column| !column[row].is_nan())
    };
    let n = (0..input.columns.rows()).filter(|&row| counts(row)).count();
    let result = fit_plan(&columns, &weights, &plan.plan, &plan.config)?;
    let mut fitted = Fitted::new(input.method, n as f64);
    fitted.cautions = cautions_from(&result.cautions);
    tell_paths(&mut fitted, &plan, &result);
    tell_blocks(&mut fitted, &plan, &result);
    tell_validity(&mut fitted, &plan, &result);
    if let Some(scale) = plan.scale {
        let answers = (columns.as_slice(), weights.as_slice());
        let found = indices(&result, &plan.plan, answers, (scale, LEVEL))?;
        tell_indices(&mut fitted, &plan, &found);
    }
    fitted.put("iterations", json!(result.iterations));
    fitted.put("bootstrap", json!(plan.config.bootstrap));
    fitted.put("seed", json!(plan.config.seed));
    fitted.put("consistent", json!(plan.config.consistent));
    Ok(fitted)
}

fn read(input: &Input, text: &str) -> Result<Plan, FitError> {
    let unreadable = |detail: String| FitError::ModelUnreadable { detail };
    let described: Description =
        toml::from_str(text).map_err(|error| unreadable(error.message().to_owned()))?;
    if !described.scaled {
        return Err(unreadable("scaled = false".to_owned()));
    }
    let names: Vec<&String> = described.blocks.keys().collect();
    let place = |name: &String| {
        let known = names.iter().position(|own| *own == name);
        known.ok_or_else(|| unreadable(format!("paths: {name}")))
    };
    let paths = described
        .paths
        .iter()
        .map(|(from, to)| Ok((place(from)?, place(to)?)));
    let paths = paths.collect::<Result<Vec<_>, FitError>>()?;
    let mut items: Vec<String> = Vec::new();
    let blocks = described.blocks.iter().map(|(name, block)| {
        let indicators = block.items.iter().map(|item| {
            let known = items.iter().position(|own| own == item);
            known.unwrap_or_else(|| {
                items.push(item.clone());
                items.len() - 1
            })
        });
        Block {
            name: name.clone(),
            indicators: indicators.collect(),
            mode: match block.mode {
                ModeWord::A => Mode::A,
                ModeWord::B => Mode::B,
            },
        }
    });
    let blocks = blocks.collect();
    let config = PlsConfig {
        scheme: match described.scheme {
            SchemeWord::Path => Scheme::Path,
            SchemeWord::Centroid => Scheme::Centroid,
            SchemeWord::Factorial => Scheme::Factorial,
        },
        consistent: described.consistent,
        bootstrap: input.rounds(USUAL_ROUNDS)?,
        seed: input.options.seed,
        level: LEVEL,
    };
    Ok(Plan {
        items,
        plan: PathPlan { blocks, paths },
        config,
        scale: described.scale,
    })
}

fn tell_paths(fitted: &mut Fitted, plan: &Plan, result: &PlsFit) {
    let name = |from: usize, to: usize| {
        let blocks = &plan.plan.blocks;
        format!("{}->{}", blocks[from].name, blocks[to].name)
    };
    let mut intervals = Map::new();
    for path in &result.paths {
        let (own, estimate) = (name(path.from, path.to), path.coefficient);
        fitted.params.push((own.clone(), estimate.value));
        fitted
            .standard_errors
            .push((own.clone(), estimate.standard_error));
        intervals.insert(own, range(&estimate.interval));
    }
    fitted.put("intervals", Value::Object(intervals));
    let effect = |estimate: &Estimate| {
        json!({
            "value": estimate.value,
            "standard_error": estimate.standard_error,
            "lower": estimate.interval.lower,
            "upper": estimate.interval.upper,
            "level": estimate.interval.level,
        })
    };
    let totals = result
        .total_effects
        .iter()
        .map(|path| (name(path.from, path.to), effect(&path.coefficient)));
    fitted.put("total_effects", Value::Object(totals.collect()));
}

fn tell_blocks(fitted: &mut Fitted, plan: &Plan, result: &PlsFit) {
    let blocks = || plan.plan.blocks.iter().enumerate();
    let by_item = |values: &[Vec<f64>]| {
        let of_block = |(at, block): (usize, &Block)| {
            let items = block.indicators.iter().zip(&values[at]);
            let items = items.map(|(item, value)| (plan.items[*item].clone(), json!(value)));
            (block.name.clone(), Value::Object(items.collect()))
        };
        Value::Object(blocks().map(of_block).collect())
    };
    fitted.put("weights", by_item(&result.weights));
    fitted.put("loadings", by_item(&result.loadings));
    fitted.put("weight_errors", by_item(&result.weight_errors));
    fitted.put("loading_errors", by_item(&result.loading_errors));
    let r2 = blocks().filter(|(at, _)| !result.r2[*at].is_nan());
    let r2 = r2.map(|(at, block)| (block.name.clone(), json!(result.r2[at])));
    fitted.put("r2", Value::Object(r2.collect()));
    let quality = blocks().map(|(at, block)| {
        let own = &result.quality[at];
        let entry = json!({
            "alpha": own.alpha,
            "rho_c": own.rho_c,
            "rho_a": own.rho_a,
            "variance_extracted": own.variance_extracted,
        });
        (block.name.clone(), entry)
    });
    fitted.put("quality", Value::Object(quality.collect()));
    let correlations = blocks().map(|(at, block)| {
        let row =
            blocks().map(|(other, to)| (to.name.clone(), json!(result.correlations[(at, other)])));
        (block.name.clone(), Value::Object(row.collect()))
    });
    fitted.put("correlations", Value::Object(correlations.collect()));
}

/// Whether constructs can be told apart: every item's correlation with every construct, and the pairs.
fn tell_validity(fitted: &mut Fitted, plan: &Plan, result: &PlsFit) {
    let blocks = &plan.plan.blocks;
    let items = plan.items.iter().enumerate().map(|(item, name)| {
        let with = blocks.iter().enumerate();
        let row = with.map(|(b, block)| {
            let loading = result.cross_loadings[(item, b)];
            (block.name.clone(), json!(loading))
        });
        (name.clone(), Value::Object(row.collect()))
    });
    fitted.put("cross_loadings", Value::Object(items.collect()));
    let pairs = result.discriminant.iter().map(|pair| {
        let name = format!("{}~{}", blocks[pair.one].name, blocks[pair.other].name);
        let entry = json!({
            "htmt": pair.htmt,
            "interval": range(&pair.interval),
            "own_variance": pair.own_variance,
            "shared_variance": pair.shared_variance,
            "holds": pair.holds(),
        });
        (name, entry)
    });
    fitted.put("discriminant", Value::Object(pairs.collect()));
}

fn tell_indices(fitted: &mut Fitted, plan: &Plan, found: &Indices) {
    let blocks = &plan.plan.blocks;
    let each = blocks.iter().zip(&found.indices).map(|(block, index)| {
        let entry = index.as_ref().map_or(Value::Null, |index| {
            json!({
                "index": index.index.value,
                "interval": range(&index.index.interval),
                "question_weights": index.question_weights,
                "answers": index.answers,
            })
        });
        (block.name.clone(), entry)
    });
    fitted.put("indices", Value::Object(each.collect()));
    let effects = found.effects.iter().map(|effect| {
        let name = format!("{}->{}", blocks[effect.from].name, blocks[effect.to].name);
        let points = effect.points;
        (
            name,
            json!({"points": points.value, "interval": range(&points.interval)}),
        )
    });
    fitted.put("index_effects", Value::Object(effects.collect()));
}

fn yes() -> bool {
    true
}
