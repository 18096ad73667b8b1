//! What did the person ask for beside method and file?

use jiff::civil::Date;

/// The flags of a fit as plain values. Nothing is read from disk here: `model` is the text of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// `--col ROLE=NAME`, as written.
    pub columns: Vec<String>,
    pub covariates: Vec<String>,
    pub outcome: Option<String>,
    pub treatment: Option<String>,
    pub control: Option<String>,
    pub group: Option<String>,
    pub weights: Option<String>,
    pub bootstrap: Option<usize>,
    /// `--budget`, what the chosen options may cost together.
    pub budget: Option<f64>,
    pub seed: u64,
    /// `--method`, the design of an effect.
    pub design: Option<String>,
    /// The text of the file that `--model` names.
    pub model: Option<String>,
    pub predict: Option<f64>,
    pub unit: Option<String>,
    pub calibration_end: Option<Date>,
}

impl Options {
    /// No flag given, seed 1.
    pub fn standard() -> Self {
        Self {
            columns: Vec::new(),
            covariates: Vec::new(),
            outcome: None,
            treatment: None,
            control: None,
            group: None,
            weights: None,
            bootstrap: None,
            budget: None,
            seed: 1,
            design: None,
            model: None,
            predict: None,
            unit: None,
            calibration_end: None,
        }
    }

    /// The flags that were given, by their names on the command line; `--col` and `--seed` always may be.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("covariates", !self.covariates.is_empty()),
            ("outcome", self.outcome.is_some()),
            ("treatment", self.treatment.is_some()),
            ("control", self.control.is_some()),
            ("group", self.group.is_some()),
            ("weights", self.weights.is_some()),
            ("bootstrap", self.bootstrap.is_some()),
            ("budget", self.budget.is_some()),
            ("method", self.design.is_some()),
            ("model", self.model.is_some()),
            ("predict", self.predict.is_some()),
            ("unit", self.unit.is_some()),
            ("calibration-end", self.calibration_end.is_some()),
        ];
        flags
            .iter()
            .filter(|(_, given)| *given)
            .map(|(flag, _)| *flag)
            .collect()
    }
}
