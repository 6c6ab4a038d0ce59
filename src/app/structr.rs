//! What the settings of Structr's password reset come to: a link, a target and a mail.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::StartError;
use crate::config::{ApplicationSettings, Compat, Settings};
use crate::mail;
use crate::recovery::{ReturnTargets, TOKEN_PLACE, Wording};

/// Whether an application answers Structr's calls.
pub(super) fn answers(app: &ApplicationSettings) -> bool {
    app.compat.contains(&Compat::Structr)
}

/// The pattern of the links. The target in it is for those who read it: the token says where to go.
pub(super) fn link(settings: &Settings, app: &ApplicationSettings) -> String {
    let (base, structr) = (base_url(settings, app), &app.structr);
    let target: String = byte_serialize(structr.target_page.as_bytes()).collect();
    let target = target.replace("%2F", "/").replace("%3A", ":");
    let (key, target_key) = (&structr.key_parameter, &structr.target_parameter);
    format!("{base}/reset-password?{key}={TOKEN_PLACE}&{target_key}={target}")
}

/// Where people go on to who logged in.
///
/// # Errors
/// [`StartError::Setting`] where the application's list does not have it.
pub(super) fn target(
    settings: &Settings,
    name: &str,
    app: &ApplicationSettings,
    allowed: &ReturnTargets,
) -> Result<String, StartError> {
    let refused = |problem: String, cure: String| {
        let setting = format!("apps.{name}.structr.RESET_PASSWORD_TARGET_PAGE");
        StartError::setting(setting, problem, cure)
    };
    let base = Url::parse(base_url(settings, app)).ok();
    let target =
        base.and_then(|base| base.join(&app.structr.target_page).ok()).ok_or_else(|| {
            let cure =
                "write it like \"/reset-password\" or \"https://app.example.com/new-password\"";
            refused("is neither a path nor a URL".to_owned(), cure.to_owned())
        })?;
    allowed.check(target.as_str()).ok_or_else(|| {
        let problem = format!("leads to {target}, which is not within return_to");
        refused(problem, format!("add it there: return_to = [\"{target}\"]"))
    })
}

/// What the mails say.
///
/// # Errors
/// [`StartError::Setting`] where there is no such sender.
pub(super) fn wording(name: &str, app: &ApplicationSettings) -> Result<Wording, StartError> {
    let structr = &app.structr;
    let address = structr.sender_address.as_deref();
    let from = mail::sender(&structr.sender_name, address, &app.mail.from).ok_or_else(|| {
        let setting = match address {
            Some(_) => format!("apps.{name}.structr.RESET_PASSWORD_SENDER_ADDRESS"),
            None => format!("apps.{name}.mail.from"),
        };
        let cure = "write an address like \"no-reply@example.com\"";
        StartError::setting(setting, "makes no sender of a mail", cure)
    })?;
    Ok(Wording {
        link_alone: true,
        from: Some(from),
        subject: Some(structr.subject.clone()),
        text: Some(structr.text_body.clone()),
        html: Some(structr.html_body.clone()),
    })
}

fn base_url<'a>(settings: &'a Settings, app: &'a ApplicationSettings) -> &'a str {
    let base = app.structr.base_url.as_deref().unwrap_or_else(|| settings.public_url_of(app));
    base.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(structr: &str) -> (Settings, ApplicationSettings) {
        let app = format!(
            "name = \"Shop\"\nmail = {{ provider = \"main\", from = \"Shop <no-reply@shop.example>\" }}\n\
             users.database = \"sqlite:x\"\ncompat = [\"structr\"]\n[structr]\n{structr}"
        );
        let public_url = "https://accounts.example.com/".to_owned();
        (Settings { public_url, ..Settings::default() }, toml::from_str(&app).unwrap())
    }

    #[test]
    fn the_link_is_as_structr_makes_it() {
        let (settings, shop) = app("");
        assert_eq!(
            link(&settings, &shop),
            "https://accounts.example.com/reset-password?key={token}&target=/reset-password"
        );
        let (settings, shop) = app("RESET_PASSWORD_BASE_URL = \"https://shop.example:8443\"\n\
             RESET_PASSWORD_CONFIRM_KEY_KEY = \"k\"\nRESET_PASSWORD_TARGET_PAGE_KEY = \"to\"\n\
             RESET_PASSWORD_TARGET_PAGE = \"https://shop.example/neu?a=1&b={token}#c\"");
        assert_eq!(
            link(&settings, &shop),
            "https://shop.example:8443/reset-password?k={token}\
             &to=https://shop.example/neu%3Fa%3D1%26b%3D%7Btoken%7D%23c"
        );
    }

    #[test]
    fn a12_the_target_is_one_that_the_application_lists() {
        let of = |page: &str, allowed: &str| {
            let (settings, shop) = app(&format!("RESET_PASSWORD_TARGET_PAGE = {page:?}"));
            let allowed = ReturnTargets::parse(&[allowed.to_owned()]).unwrap();
            target(&settings, "shop", &shop, &allowed).map_err(|error| error.to_string())
        };
        let home = "https://accounts.example.com/";
        for (page, leads_to) in [
            ("/reset-password", "https://accounts.example.com/reset-password"),
            ("new?x=1#y", "https://accounts.example.com/new?x=1#y"),
            ("https://accounts.example.com/a", "https://accounts.example.com/a"),
        ] {
            assert_eq!(of(page, home).as_deref(), Ok(leads_to), "{page}");
        }
        for page in [
            "//evil.example/",
            "https://evil.example/",
            "https://accounts.example.com@evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "http://accounts.example.com/",
        ] {
            assert!(of(page, home).is_err(), "{page}");
        }
        assert_eq!(
            of("/reset-password", "https://shop.example/").unwrap_err(),
            "`apps.shop.structr.RESET_PASSWORD_TARGET_PAGE` leads to \
             https://accounts.example.com/reset-password, which is not within return_to\n    \
             add it there: return_to = [\"https://accounts.example.com/reset-password\"]"
        );
        assert!(of("https://[", home).unwrap_err().contains("neither a path nor a URL"));
    }
}
