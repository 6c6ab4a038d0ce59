//! Under which of the configured URLs a request came in. Its `Host` chooses among them and is never
//! repeated: nothing that is answered or mailed holds a word of it.

use std::collections::BTreeMap;

use poem::Request;
use poem::http::header;
use url::Url;

use crate::config::Settings;

/// The public URLs: that of the service, and those that applications have of their own.
pub struct Places {
    common: Place,
    own: Vec<Place>,
    /// Whether its pages are reached by https, by the application's name.
    secure: BTreeMap<String, bool>,
}

/// One public URL, and what is reached under it.
pub struct Place {
    /// How a request names its host; a default port may be said or not.
    names: Vec<String>,
    /// Whether it is reached by https.
    pub secure: bool,
    /// The application whose first page its bare address leads to.
    pub first: String,
    /// The applications that are served there; all of them where nothing is said.
    apps: Option<Vec<String>>,
}

impl Places {
    /// The places of these settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let common = Place::new(&settings.public_url, &settings.default_app, None);
        let mut own: Vec<Place> = vec![];
        for (name, url) in
            settings.apps.iter().filter_map(|(n, it)| Some((n, it.public_url.as_ref()?)))
        {
            let place = Place::new(url, name, Some(vec![name.clone()]));
            if place.names == common.names {
                continue;
            }
            match own.iter_mut().find(|known| known.names == place.names) {
                Some(known) => known.share_with(name, &settings.default_app),
                None => own.push(place),
            }
        }
        let secure = settings.apps.iter();
        let secure =
            secure.map(|(name, app)| (name.clone(), is_https(settings.public_url_of(app))));
        Self { common, own, secure: secure.collect() }
    }

    /// Where a request came in: the place that its one `Host` names. What names none, since a proxy
    /// rewrote it or somebody made it up, is taken as the service's own.
    #[must_use]
    pub fn of(&self, request: &Request) -> &Place {
        let host = host(request);
        let found = host.and_then(|host| self.own.iter().find(|place| place.is_called(host)));
        found.unwrap_or(&self.common)
    }

    /// Whether people reach an application's pages by https.
    #[must_use]
    pub fn is_secure(&self, app: &str) -> bool {
        self.secure.get(app).copied().unwrap_or(self.common.secure)
    }
}

impl Place {
    fn new(url: &str, first: &str, apps: Option<Vec<String>>) -> Self {
        let parsed = Url::parse(url).ok();
        let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default();
        let port = |port: u16| format!("{host}:{port}");
        let names = match parsed.as_ref().map(|url| (url.port(), url.port_or_known_default())) {
            Some((Some(said), _)) => vec![port(said)],
            Some((None, Some(default))) => vec![host.to_owned(), port(default)],
            _ => vec![],
        };
        Self { names, secure: is_https(url), first: first.to_owned(), apps }
    }

    /// Lets one more application be served there.
    fn share_with(&mut self, app: &str, default_app: &str) {
        if app == default_app {
            app.clone_into(&mut self.first);
        }
        self.apps.iter_mut().for_each(|apps| apps.push(app.to_owned()));
    }

    /// Whether an application is served there. Where one has a host of its own, so that browsers keep
    /// its cookies and passwords apart from others, no other is.
    #[must_use]
    pub fn serves(&self, app: &str) -> bool {
        self.apps.as_ref().is_none_or(|apps| apps.iter().any(|served| served == app))
    }

    fn is_called(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

fn is_https(url: &str) -> bool {
    url.starts_with("https://")
}

/// The one host that a request names, by its target or by `Host`; none where they do not agree.
fn host(request: &Request) -> Option<&str> {
    let mut headers = request.headers().get_all(header::HOST).into_iter();
    let said = headers.next();
    let said = said.map(|host| host.to_str().ok()).filter(|_| headers.next().is_none());
    let target = request.uri().authority().map(|authority| Some(authority.as_str()));
    match (said, target) {
        (Some(host), None) | (None, Some(host)) => host,
        (Some(host), Some(target)) => host.filter(|_| host == target),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"
        public_url = "https://accounts.example.com"
        default_app = "shop"
    "#;

    fn places() -> Places {
        let app = |(name, url): (&str, Option<&str>)| {
            let url = url.map(|url| format!("public_url = \"{url}\"")).unwrap_or_default();
            format!(
                "[apps.{name}]\nname = \"x\"\n{url}\n\
                 mail = {{ provider = \"p\", from = \"a@b.example\" }}\n\
                 users = {{ database = \"sqlite::memory:\" }}\n"
            )
        };
        let apps = [
            ("alone", Some("https://alone.example:8443/")),
            ("blog", None),
            ("both", Some("https://shared.example")),
            ("same", Some("https://ACCOUNTS.example.com:443")),
            ("shop", Some("https://shared.example/")),
            ("tried", Some("http://[::1]:8080")),
        ];
        let text = [vec![HEAD.to_owned()], apps.map(app).to_vec()].concat().concat();
        Places::new(&toml::from_str(&text).unwrap())
    }

    fn of(places: &Places, uri: &str, hosts: &[&str]) -> String {
        let mut request = Request::builder().uri_str(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        let place = places.of(&request.finish());
        format!("{} {}", place.first, place.names.first().unwrap())
    }

    #[test]
    fn a_host_chooses_among_the_configured_ones_and_what_names_none_is_the_services_own() {
        let places = places();
        for (host, place) in [
            ("alone.example:8443", "alone alone.example:8443"),
            ("Shared.Example", "shop shared.example"),
            ("shared.example:443", "shop shared.example"),
            ("[::1]:8080", "tried [::1]:8080"),
            ("accounts.example.com", "shop accounts.example.com"),
            ("alone.example", "shop accounts.example.com"),
            ("shared.example:80", "shop accounts.example.com"),
            ("shared.example.", "shop accounts.example.com"),
            ("x@shared.example", "shop accounts.example.com"),
            ("shared.example:x@evil.example", "shop accounts.example.com"),
            ("evil.example", "shop accounts.example.com"),
            ("", "shop accounts.example.com"),
        ] {
            assert_eq!(of(&places, "/", &[host]), place, "{host}");
        }
    }

    #[test]
    fn a02_several_hosts_and_hosts_that_differ_from_the_target_name_none() {
        let places = places();
        let (shared, common) = ("shop shared.example", "shop accounts.example.com");
        assert_eq!(of(&places, "http://shared.example/", &["shared.example"]), shared);
        assert_eq!(of(&places, "http://shared.example/", &[]), shared);
        assert_eq!(of(&places, "http://alone.example:8443/", &["shared.example"]), common);
        assert_eq!(of(&places, "/", &["shared.example", "shared.example"]), common);
        assert_eq!(of(&places, "/", &[]), common);
    }

    #[test]
    fn a_host_of_an_applications_own_serves_no_other_and_the_services_own_serves_all() {
        let places = places();
        let at = |host: &str| {
            let request = Request::builder().uri_str("/").header("host", host).finish();
            let place = places.of(&request);
            ["alone", "blog", "both", "same", "shop"].map(|app| place.serves(app))
        };
        assert_eq!(at("alone.example:8443"), [true, false, false, false, false]);
        assert_eq!(at("shared.example"), [false, false, true, false, true]);
        assert_eq!(at("accounts.example.com"), [true; 5]);
        assert!(
            !places.is_secure("tried") && places.is_secure("alone") && places.is_secure("blog")
        );
    }
}
