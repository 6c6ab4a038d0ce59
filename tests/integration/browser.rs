//! A browser as far as pages need one: it keeps cookies, follows nothing and says what it is told to.

use std::cell::RefCell;
use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::harness::{Answer, Regain, answer};

/// One browser, and the cookies in it.
pub struct Browser<'a> {
    regain: &'a Regain,
    pub cookies: RefCell<BTreeMap<String, String>>,
    /// What it says of where a form was sent from; nothing where it is an old one.
    pub site: Option<&'static str>,
    pub language: &'static str,
    /// The host that it believes to speak to; the service's address where it is that.
    host: Option<String>,
}

impl<'a> Browser<'a> {
    pub fn new(regain: &'a Regain) -> Self {
        let site = Some("same-origin");
        Self { regain, cookies: RefCell::default(), site, language: "en", host: None }
    }

    /// A browser that sends no `Sec-Fetch-Site`.
    pub fn old(regain: &'a Regain) -> Self {
        Self { site: None, ..Self::new(regain) }
    }

    /// The same, where the service is reached by another host.
    pub fn at(self, host: &str) -> Self {
        Self { host: Some(host.to_owned()), ..self }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.regain.http.get(format!("{}{path}", self.regain.url))).await
    }

    /// Opens a link of a mail and goes where it leads.
    pub async fn open(&self, token: &str) -> Answer {
        self.open_at("reset", token, "new-password").await
    }

    /// The same with a link of another kind.
    pub async fn open_at(&self, page: &str, token: &str, leads_to: &str) -> Answer {
        let moved = self.get(&format!("/a/default/{page}/{token}")).await;
        let leads_to = format!("/a/default/{leads_to}");
        assert_eq!((moved.status, moved.header("location")), (303, Some(leads_to.as_str())));
        self.get(&leads_to).await
    }

    /// Posts these fields and no others.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.regain.http.post(format!("{}{path}", self.regain.url)).body(body);
        self.send(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// Puts a body of this media type to a path, as a script does.
    pub async fn put(&self, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.regain.http.put(format!("{}{path}", self.regain.url));
        self.send(request.header("content-type", kind).body(body)).await
    }

    /// Fills in the form of a page, hidden fields and all, and sends it.
    pub async fn fill_in(&self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let action = between(&page.body, "action=\"", "\"").expect("a form");
        self.fill_in_at(action, page, fields).await
    }

    /// The same, and sends it to another address than its own.
    pub async fn fill_in_at(&self, action: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let hidden = hidden(page);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.post(action, &all).await
    }

    fn kept(&self) -> String {
        let cookies = self.cookies.borrow();
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Sends a request with the cookies that are kept, and keeps those that come.
    pub async fn send(&self, mut request: reqwest::RequestBuilder) -> Answer {
        let cookies = self.kept();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        if let Some(site) = self.site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        let answer = answer(request.header("accept-language", self.language)).await;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.borrow_mut();
            if cookie.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The hidden fields of a page's form, with their values.
pub fn hidden(page: &Answer) -> Vec<(String, String)> {
    let fields = page.body.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let value = between(rest, "value=\"", "\"").unwrap();
        (rest.split('"').next().unwrap().to_owned(), unescaped(value))
    });
    fields.collect()
}

/// What a page says, as a browser reads it.
pub fn unescaped(page: &str) -> String {
    let quotes = page.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x2f;", "/");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What stands between two texts.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
