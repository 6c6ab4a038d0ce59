//! What cures a mail server that does not take mail, by what it or TLS said.

/// A part of what was said, and what cures it; `{at}` is the provider's section.
type Cause = (&'static [&'static str], &'static str);

const CAUSES: [Cause; 7] = [
    // RFC 4954 §6.
    (
        &["(530)", "(534)", "(535)", "(538)"],
        "correct the user in `url` and `password` under {at}: the server refuses this login",
    ),
    (
        &["UnknownIssuer"],
        "give the authority that signed the server's certificate: ca = \"/path/to/ca.pem\" under {at}",
    ),
    (
        &["not valid for name", "NotValidForName"],
        "write the name that the server's certificate has into `url` under {at}",
    ),
    (
        &["STARTTLS is not supported"],
        "try smtps:// and port 465 in `url` under {at}: the server offers no STARTTLS here",
    ),
    (
        &["No compatible authentication mechanism"],
        "the server offers no login without TLS: try smtp+starttls:// in `url` under {at}",
    ),
    // Somebody who talks SMTP in clear answers a greeting of TLS by words.
    (
        &["InvalidContentType", "corrupt message"],
        "try smtp+starttls:// in `url` under {at}: there is no TLS on this port from the start",
    ),
    // TLS 1.3 tells so by an alert after the handshake, or only by closing.
    (
        &[
            "CertificateRequired",
            "CertificateUnknown",
            "BadCertificate",
            "HandshakeFailure",
            "UnknownCA",
            "close_notify",
        ],
        "the server may want another `client_certificate`, with its `client_key`, under {at}",
    ),
];

/// The cure of a failure whose cause is known by its words.
pub(super) fn cure(words: &str, name: &str) -> Option<String> {
    let said = |needles: &[&str]| needles.iter().any(|needle| words.contains(needle));
    let (_, cure) = CAUSES.iter().find(|(needles, _)| said(needles))?;
    Some(cure.replace("{at}", &format!("[mail.providers.{name}]")))
}

/// The words without what they say twice, and without the names of a library's layers.
pub(super) fn plain(words: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    for part in words.split(": ") {
        if part != "internal client error" && parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    let repeats = parts.first() == Some(&"no connection");
    if repeats && parts.get(1) == Some(&"Connection error") {
        parts.remove(1);
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_told_once() {
        for (words, told) in [
            (
                "no connection: Connection error: Connection error: refused (os error 111)",
                "no connection: refused (os error 111)",
            ),
            (
                "no connection: internal client error: STARTTLS is not supported on this server",
                "no connection: STARTTLS is not supported on this server",
            ),
            ("no answer in time to EHLO", "no answer in time to EHLO"),
        ] {
            assert_eq!(plain(words), told);
        }
    }

    #[test]
    fn a_cause_that_is_known_has_a_cure_of_its_own_and_others_have_none() {
        for (words, cured) in [
            ("permanent error (535): 5.7.8 Authentication credentials invalid", "`password`"),
            ("invalid peer certificate: UnknownIssuer", "ca = "),
            ("invalid peer certificate: certificate not valid for name \"a\"", "`url`"),
            ("received corrupt message of type InvalidContentType", "smtp+starttls://"),
            ("STARTTLS is not supported on this server", "smtps:// and port 465"),
            ("No compatible authentication mechanism was found", "smtp+starttls://"),
            ("received fatal alert: CertificateRequired", "`client_certificate`"),
            ("peer closed connection without sending TLS close_notify", "`client_certificate`"),
        ] {
            let cure = cure(words, "main").unwrap();
            assert!(cure.contains(cured) && cure.contains("[mail.providers.main]"), "{cure}");
        }
        assert_eq!(cure("Connection refused (os error 111)", "main"), None);
    }
}
