//! With what a request was made, as roughly as a person would say it: fixed names, and nothing
//! that the client itself has written.

use serde::{Deserialize, Serialize};

/// A browser and a system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Client {
    /// What the browser is called, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
    /// What the system is called, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
}

/// A name that stands in a User-Agent header, and what it means there.
type Sign<T> = (&'static str, T);

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $kind {
            $($(#[$variant_doc])* $variant),+
        }

        impl $kind {
            /// What it is called everywhere.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

names! {
    /// A browser.
    Browser {
        /// Microsoft's.
        Edge = "Edge",
        /// Opera's.
        Opera = "Opera",
        /// Samsung's.
        Samsung = "Samsung Internet",
        /// Mozilla's.
        Firefox = "Firefox",
        /// Google's, and what calls itself so.
        Chrome = "Chrome",
        /// Apple's.
        Safari = "Safari",
    }
}

names! {
    /// An operating system.
    System {
        /// Of phones and tablets.
        Android = "Android",
        /// Of Apple's phones.
        Ios = "iOS",
        /// Of Apple's tablets.
        Ipados = "iPadOS",
        /// Microsoft's.
        Windows = "Windows",
        /// Apple's.
        Macos = "macOS",
        /// Google's.
        Chromeos = "ChromeOS",
        /// And what is like it.
        Linux = "Linux",
    }
}

/// Each browser calls itself by the names of those below it, too.
const BROWSERS: [Sign<Browser>; 9] = [
    ("Edg", Browser::Edge),
    ("OPR/", Browser::Opera),
    ("SamsungBrowser/", Browser::Samsung),
    ("Firefox/", Browser::Firefox),
    ("FxiOS/", Browser::Firefox),
    ("Chrome/", Browser::Chrome),
    ("Chromium/", Browser::Chrome),
    ("CriOS/", Browser::Chrome),
    ("Safari/", Browser::Safari),
];

const SYSTEMS: [Sign<System>; 8] = [
    ("Android", System::Android),
    ("iPhone", System::Ios),
    ("iPad", System::Ipados),
    ("Windows", System::Windows),
    ("Macintosh", System::Macos),
    ("CrOS", System::Chromeos),
    ("Linux", System::Linux),
    ("X11", System::Linux),
];

impl Client {
    /// What a User-Agent header says, if it says anything that is known.
    #[must_use]
    pub fn of_user_agent(header: &str) -> Self {
        Self { browser: found(&BROWSERS, header), system: found(&SYSTEMS, header) }
    }
}

fn found<T: Copy>(signs: &[Sign<T>], header: &str) -> Option<T> {
    signs.iter().find(|(sign, _)| header.contains(sign)).map(|(_, meant)| *meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart_though_each_claims_to_be_the_others() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let windows = format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}");
        for (header, browser, system) in [
            (format!("{windows} Chrome/141.0.0.0 Safari/537.36"), "Chrome", "Windows"),
            (format!("{windows} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"), "Edge", "Windows"),
            (format!("{windows} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0"), "Opera", "Windows"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
                "Firefox",
                "Linux",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36"
                ),
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                "Safari",
                "iOS",
            ),
        ] {
            let client = Client::of_user_agent(&header);
            assert_eq!(client.browser.map(Browser::name), Some(browser), "{header}");
            assert_eq!(client.system.map(System::name), Some(system), "{header}");
        }
        assert_eq!(Client::of_user_agent("curl/8.14.1"), Client::default());
        assert_eq!(Client::of_user_agent("<script>"), Client::default());
    }
}
