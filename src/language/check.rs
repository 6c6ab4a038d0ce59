//! What is wrong with the texts of a language, by file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;

use fluent_bundle::FluentResource;
use fluent_syntax::ast;
use thiserror::Error;

use super::{Language, TABLE};

/// A file of texts that cannot be used.
#[derive(Debug, Error)]
#[error("{place}: {problem}\n    {cure}")]
pub struct CatalogueError {
    place: String,
    problem: String,
    cure: String,
}

impl CatalogueError {
    fn new(place: impl Into<String>, problem: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into(), cure: cure.into() }
    }

    pub(super) fn embedded(tag: &str) -> Self {
        Self::new(tag, "the texts that are compiled in are not well formed", "report it")
    }
}

/// Every file in the folder must be of a language that there is.
pub(super) fn no_strangers(folder: &Path) -> Result<(), CatalogueError> {
    let place = folder.display().to_string();
    let unreadable = |error: std::io::Error| {
        CatalogueError::new(&place, error.to_string(), "make the folder readable")
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        let known = TABLE.iter().any(|facts| name == format!("{}.ftl", facts.tag));
        if !known && !name.starts_with('.') {
            let tags: Vec<_> = TABLE.iter().map(|facts| facts.tag).collect();
            let cure = format!("call it TAG.ftl, where TAG is one of {}", tags.join(", "));
            let path = folder.join(name).display().to_string();
            return Err(CatalogueError::new(path, "is no file of a language", cure));
        }
    }
    Ok(())
}

/// The texts that an operator's file replaces, if there is such a file.
pub(super) fn replacement(
    folder: &Path,
    language: Language,
) -> Result<Option<FluentResource>, CatalogueError> {
    let path = folder.join(format!("{}.ftl", language.tag()));
    let source = match std::fs::read_to_string(&path) {
        Ok(source) => source,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let place = path.display().to_string();
            return Err(CatalogueError::new(place, error.to_string(), "write it as UTF-8 text"));
        }
    };
    resource(&path, source).map(Some)
}

fn resource(path: &Path, source: String) -> Result<FluentResource, CatalogueError> {
    let at = |line: usize| format!("{}, line {line}", path.display());
    let text = source.clone();
    let resource = FluentResource::try_new(source).map_err(|(_, errors)| {
        let (line, problem) = errors.first().map_or((1, String::new()), |error| {
            (line_of(&text, error.pos.start), error.to_string())
        });
        let cure = "see https://projectfluent.org/fluent/guide/ for how an entry is written";
        CatalogueError::new(at(line), problem, cure)
    })?;
    let known = variables_of(&embedded(Language::English));
    for (entry, variables) in variables_of(&resource) {
        let line = at(line_with(&text, &format!("{entry} ")).unwrap_or(1));
        let Some(expected) = known.get(&entry) else {
            let near = nearest(&entry, known.keys());
            let problem = format!("there is no text {entry:?}");
            return Err(CatalogueError::new(line, problem, format!("did you mean {near:?}?")));
        };
        if let Some(stranger) = variables.difference(expected).next() {
            let line = line_with(&text, &format!("${stranger}")).map_or(line, at);
            let names: Vec<_> = expected.iter().map(|name| format!("${name}")).collect();
            let cure = match names.as_slice() {
                [] => "nothing is filled in here".to_owned(),
                names => format!("what is filled in here: {}", names.join(", ")),
            };
            let problem = format!("the text {entry:?} wants ${stranger}, which it does not get");
            return Err(CatalogueError::new(line, problem, cure));
        }
    }
    Ok(resource)
}

fn embedded(language: Language) -> FluentResource {
    let texts = language.facts().texts.to_owned();
    FluentResource::try_new(texts).unwrap_or_else(|(resource, _)| resource)
}

/// The entries of a resource, and what each of them is filled in with.
fn variables_of(resource: &FluentResource) -> BTreeMap<String, BTreeSet<String>> {
    let messages = resource.entries().filter_map(|entry| match entry {
        ast::Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .map(|message| {
            let mut variables = BTreeSet::new();
            if let Some(pattern) = &message.value {
                collect(pattern, &mut variables);
            }
            (message.id.name.to_owned(), variables)
        })
        .collect()
}

fn collect(pattern: &ast::Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            collect_expression(expression, variables);
        }
    }
}

fn collect_expression(expression: &ast::Expression<&str>, variables: &mut BTreeSet<String>) {
    let inline = match expression {
        ast::Expression::Inline(inline) => inline,
        ast::Expression::Select { selector, variants } => {
            for variant in variants {
                collect(&variant.value, variables);
            }
            selector
        }
    };
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        ast::InlineExpression::Placeable { expression } => {
            collect_expression(expression, variables);
        }
        _ => {}
    }
}

fn line_with(text: &str, what: &str) -> Option<usize> {
    text.find(what).map(|at| line_of(text, at))
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The entry that is called nearly like this one.
pub(super) fn nearest_entry(name: &str) -> Option<String> {
    let known = variables_of(&embedded(Language::English));
    let near = nearest(name, known.keys());
    (strsim::jaro_winkler(name, &near) > ALIKE).then_some(near)
}

/// Names that are less alike are not meant for each other.
const ALIKE: f64 = 0.84;

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a String>) -> String {
    let likeness = |known: &&String| strsim::jaro_winkler(name, known);
    let nearest = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    nearest.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_entry_and_fills_in_the_same() {
        let english = variables_of(&embedded(Language::English));
        for language in Language::all() {
            assert!(FluentResource::try_new(language.facts().texts.to_owned()).is_ok());
            let theirs = variables_of(&embedded(language));
            let keys = |map: &BTreeMap<String, _>| map.keys().cloned().collect::<BTreeSet<_>>();
            let (ours, theirs_keys) = (keys(&english), keys(&theirs));
            let missing: Vec<_> = ours.symmetric_difference(&theirs_keys).collect();
            assert!(missing.is_empty(), "{}: missing or extra: {missing:?}", language.tag());
            for (entry, variables) in &english {
                assert_eq!(&theirs[entry], variables, "{} {entry}", language.tag());
            }
        }
    }

    #[test]
    fn no_language_has_an_entry_twice_or_one_that_says_nothing() {
        for facts in &TABLE {
            let resource = embedded(facts.language);
            let mut seen = BTreeSet::new();
            for entry in resource.entries() {
                if let ast::Entry::Message(message) = entry {
                    assert!(seen.insert(message.id.name), "{} {}", facts.tag, message.id.name);
                    assert!(message.value.is_some(), "{} {}", facts.tag, message.id.name);
                }
            }
        }
    }

    fn refused(text: &str) -> String {
        resource(Path::new("de.ftl"), text.to_owned()).err().unwrap().to_string()
    }

    #[test]
    fn an_operators_file_is_refused_with_line_and_cure() {
        assert!(resource(Path::new("de.ftl"), "hello = Moin,\n".to_owned()).is_ok());
        assert_eq!(
            refused("hello = Moin,\nhello-nane = Moin { $name },\n"),
            "de.ftl, line 2: there is no text \"hello-nane\"\n    did you mean \"hello-name\"?"
        );
        assert_eq!(
            refused("# Moin\nhello-name = Moin { $nmae },\n"),
            "de.ftl, line 2: the text \"hello-name\" wants $nmae, which it does not get\n    \
             what is filled in here: $name"
        );
        assert!(refused("hello = Moin,\nwhat is this\n").starts_with("de.ftl, line 2: "));
    }
}
