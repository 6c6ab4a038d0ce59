//! Reads as much of Rust as it takes to see what a file imports.

/// The files of modules that are declared for tests only.
pub fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
    let folder = if ["src/lib", "src/main"].contains(&folder) { "src" } else { folder };
    let mut found = vec![];
    for after in text.split("#[cfg(test)]").skip(1) {
        let line = after.trim_start().lines().next().unwrap_or_default();
        if let Some(name) = line.strip_suffix(';').and_then(|line| line.split("mod ").nth(1)) {
            found.extend([format!("{folder}/{name}.rs"), format!("{folder}/{name}/")]);
        }
    }
    found
}

/// The code without inline modules for tests, and those modules.
pub fn without_tests(code: &str) -> (String, String) {
    let (mut production, mut tests) = (String::new(), String::new());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let item = &rest[start..];
        let (brace, semicolon) = (item.find('{'), item.find(';'));
        let ends_early =
            semicolon.is_some_and(|semicolon| brace.is_none_or(|brace| semicolon < brace));
        let end = match (ends_early, brace) {
            (false, Some(brace)) => brace + block_end(&item[brace..]),
            _ => semicolon.map_or(item.len(), |semicolon| semicolon + 1),
        };
        production += &rest[..start];
        tests += &item[..end];
        rest = &item[end..];
    }
    (production + rest, tests)
}

fn block_end(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// The names directly below a path wherever it stands: `a` and `b` of `crate::{a::X, b}`.
pub fn below(code: &str, path: &str) -> Vec<String> {
    let names = |at: usize| tree(&code[at + path.len()..]);
    words(code, path).flat_map(names).collect()
}

/// The first names of a `use` tree.
fn tree(code: &str) -> Vec<String> {
    let Some(inside) = code.trim_start().strip_prefix('{') else {
        let ident: String = code.trim_start().chars().take_while(|c| is_ident(*c)).collect();
        return vec![ident];
    };
    let mut depth = 0;
    let end = inside.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth < 0
    });
    let mut depth = 0;
    let branches = inside[..end.unwrap_or(inside.len())].split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    branches.flat_map(tree).filter(|name| !name.is_empty()).collect()
}

/// The other crates that code names: in `use` trees, and frameworks anywhere in a path.
pub fn externals(code: &str, frameworks: &[&str]) -> Vec<String> {
    let own = |name: &String| {
        ["std", "core", "alloc", "crate", "super", "self"].contains(&name.as_str())
            || name.starts_with(char::is_uppercase)
            || words(code, &format!("mod {name}")).next().is_some()
    };
    let used = below(code, "use ").into_iter().filter(|name| !own(name));
    let named = frameworks.iter().filter(|name| {
        let path = format!("{name}::");
        words(code, &path).any(|at| !code[..at].ends_with("::"))
    });
    let mut found: Vec<_> = used.chain(named.map(|name| (*name).to_owned())).collect();
    found.sort();
    found.dedup();
    found
}

/// Where a text stands that does not begin within a longer name.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let starts = |(at, _): &(usize, &str)| !code[..*at].ends_with(is_ident);
    code.match_indices(word).filter(starts).map(|(at, _)| at)
}

fn is_ident(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The code without comments and without what stands in quotes.
pub fn bare(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|after| after.trim_start_matches('#'));
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if raw.is_some_and(|raw| raw.starts_with('"')) && !code.ends_with(is_ident) {
            let open = rest.find('"').unwrap_or_default() + 1;
            let close = format!("\"{}", "#".repeat(open - 2));
            rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len())
        } else if c == '"' {
            quoted(rest, '"')
        } else if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') && c == '\'' {
            quoted(rest, '\'')
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of a literal in quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = true; // The opening quote does not close.
    let end = text.find(|c| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |end| end + quote.len_utf8())
}
