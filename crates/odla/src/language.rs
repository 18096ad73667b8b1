//! Which language does the reader use, and how does the help speak it?

use clap::Command;
use odla_app::text::{Catalogue, Language, Section};

/// `--lang` before the locale before Swedish. Looked up before the arguments are parsed, since help is text too.
pub fn chosen() -> Language {
    let arguments: Vec<String> = std::env::args().collect();
    let flag = arguments.iter().enumerate().find_map(|(at, argument)| {
        match argument.strip_prefix("--lang") {
            Some("") => arguments.get(at + 1).cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        }
    });
    if let Some(language) = flag.and_then(|word| word.parse().ok()) {
        return language;
    }
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|locale| !locale.is_empty()))
        .map_or(Language::Sv, |locale| Language::from_locale(&locale))
}

/// Puts the catalogue's texts on the command, its flags and its subcommands.
pub fn localized(command: Command, texts: &Catalogue) -> Command {
    let command = described(command, "odla", texts);
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |sub| described(sub, name, texts))
    })
}

fn described(command: Command, name: &str, texts: &Catalogue) -> Command {
    let about = format!("help.{name}");
    let examples = format!("help.{name}.examples");
    let mut command = command.about(texts.word(Section::Terminal, &about));
    if texts.has(Section::Terminal, &examples) {
        command = command.after_help(texts.word(Section::Terminal, &examples));
    }
    let flags: Vec<String> = command
        .get_arguments()
        .map(|flag| flag.get_id().to_string())
        .collect();
    flags.iter().fold(command, |command, flag| {
        let own = format!("help.{name}.{flag}");
        let common = format!("help.{flag}");
        match [own, common]
            .iter()
            .find(|key| texts.has(Section::Terminal, key))
        {
            Some(key) => command.mut_arg(flag, |arg| arg.help(texts.word(Section::Terminal, key))),
            None => command,
        }
    })
}
