//! How does a newcomer meet the program? With an example company whose truth is known.

use crate::{AppError, Home, settings_text};
use odla_example::{Config, Truth, generate};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes the example company's files into the home and returns their folder and the known truth.
///
/// # Errors
/// When the home already has a ledger that was not made from this very example company.
pub async fn make(home: &Home, customers: usize, seed: u64) -> Result<(PathBuf, Truth), AppError> {
    let config = Config::standard(customers, seed);
    let (folder, truth_file) = (
        home.folder().join("example"),
        home.folder().join("truth.json"),
    );
    if home.ledger()?.version().await?.is_some() {
        let same = known_truth(&truth_file).is_some_and(|truth| truth.config == config);
        if !same {
            return Err(AppError::HomeInUse {
                home: home.folder().display().to_string(),
            });
        }
    }
    let truth = write(&config, &folder).await?;
    // Only the data lie in the folder that is imported; the truth lies beside it, where no analysis looks.
    let inside = folder.join("truth.json");
    fs::rename(&inside, &truth_file).map_err(|source| AppError::file(&inside, source))?;
    name_company(home, &truth.company)?;
    Ok((folder, truth))
}

/// What the example company calls its own keys.
const LABELS: &str = r#"[labels]
fault_report = { sv = "Felanmälan", en = "Fault report" }
invoice_question = { sv = "Fakturafråga", en = "Invoice question" }
delivery_status = { sv = "Leveransbesked", en = "Delivery status" }
product_choice = { sv = "Val av produkt", en = "Choice of product" }
terms_or_leave = { sv = "Villkor eller uppsägning", en = "Terms or leaving" }
login = { sv = "Inloggning", en = "Signing in" }
late_delivery = { sv = "Sen leverans", en = "Late delivery" }
wrong_invoice = { sv = "Fel faktura", en = "Wrong invoice" }
broken_goods = { sv = "Trasig vara", en = "Broken goods" }
wrong_goods = { sv = "Fel vara", en = "Wrong goods" }
no_answer = { sv = "Inget svar", en = "No answer" }
after_sales_call = { sv = "Samtal efter köp", en = "Call after the sale" }
newsletter_call = { sv = "Fråga om nyhetsbrev", en = "Question on the newsletter" }
delivery_on_time = { sv = "Leverans i tid", en = "Delivery on time" }
staff_knowledge = { sv = "Personalens kunskap", en = "Knowledge of the staff" }
easy_to_reach = { sv = "Lätt att nå", en = "Easy to reach" }
range_of_goods = { sv = "Sortimentet", en = "Range of goods" }
clear_invoices = { sv = "Tydliga fakturor", en = "Clear invoices" }
website_ease = { sv = "Lätt webbplats", en = "Easy website" }
packaging_look = { sv = "Förpackningens utseende", en = "Look of the packaging" }
newsletter = { sv = "Nyhetsbrevet", en = "The newsletter" }
store_atmosphere = { sv = "Stämningen i butiken", en = "Atmosphere of the store" }
answered_within_five_minutes = { sv = "Svar inom fem minuter", en = "Answer within five minutes" }
delivered_as_promised = { sv = "Levererat som lovat", en = "Delivered as promised" }
phone = { sv = "telefon", en = "phone" }
store = { sv = "butik", en = "store" }
mail = { sv = "brev", en = "mail" }
household = { sv = "hushåll", en = "household" }
quote = { sv = "Offert", en = "Quote" }
handover = { sv = "Överlämning", en = "Handover" }
campaign_call = { sv = "Fråga om kampanj", en = "Question on a campaign" }
invoice_reminder = { sv = "Påminnelse", en = "Reminder of an invoice" }
"#;

/// The pages of a new home bear the example company's name; a name that somebody has chosen stays.
fn name_company(home: &Home, company: &str) -> Result<(), AppError> {
    let file = home.folder().join("odla.toml");
    let text = fs::read_to_string(&file).map_err(|source| AppError::file(&file, source))?;
    if text != crate::settings::DEFAULT_FILE {
        return Ok(());
    }
    let named = settings_text::with(&text, "", "company", Some(&settings_text::quoted(company)));
    let named = format!("{named}\n{LABELS}");
    fs::write(&file, named).map_err(|source| AppError::file(&file, source))
}

async fn write(config: &Config, folder: &Path) -> Result<Truth, AppError> {
    fs::create_dir_all(folder).map_err(|source| AppError::file(folder, source))?;
    let (config, folder) = (config.clone(), folder.to_owned());
    let made = tokio::task::spawn_blocking(move || generate(&config, &folder)).await;
    Ok(made.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })??)
}

fn known_truth(file: &Path) -> Option<Truth> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}
