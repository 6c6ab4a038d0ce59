//! Members that mean the same wherever they stand: each is a schema of its own, so that a generated client
//! has one type for it.

use serde_json::{Map, Value, json};

/// The schema, the member that is one, and what it is.
const SHARED: [(&str, &str, &str); 9] = [
    (
        "Identifier",
        "identifier",
        "An email address, or a user name where the application has them. Spaces and tabs around it do not count; what \
         is left has 254 characters at most, as a user name 150.",
    ),
    (
        "Locale",
        "locale",
        "The language of the mail, as a BCP 47 tag. Where left out, or where there are no texts in it: the account's own, \
         what Accept-Language says, or the application's.",
    ),
    (
        "NewPassword",
        "new_password",
        "The new password. It is kept whole: nothing is trimmed or folded. How many characters it must have and may have \
         is set in the configuration, from 8 to 128 where nothing is said there.",
    ),
    ("ProblemCode", "code", "The stable name of the kind of problem."),
    ("Purpose", "purpose", "What a token is for."),
    (
        "ReturnTo",
        "return_to",
        "Where the person is sent back to in the end, if that was said. It must be on the application's list.",
    ),
    (
        "Session",
        "session",
        "What logging in by a link answers. Give it to nobody but your own backend: whoever has it can act as the account's owner.",
    ),
    ("Token", "token", "A token, the last part of a link. Whoever has it can do what it is for."),
    (
        "TokenState",
        "state",
        "`valid`: it would work now. `expired`: its time is over; the account was not looked at. \
         `from_the_future`: its time is ahead of the service's clock. `spent`: it was used, or what it \
         was made from changed otherwise: the password, the address, the recovery stamp, for a link to log \
         in the last login; which of them, nothing tells. `revoked`: the account's links were voided \
         after it was made; whether it was used before that, nothing tells, and after the next reset it \
         is `spent`. `account_inactive`: the account may not use it now, for `reason`. `account_unknown`: there is \
         no such account. `not_ours`: no key of this application signed it for this purpose.",
    ),
];

/// Gives every such member its schema: the one that says the most of all the places where it stands, which is
/// that of a request. What bounds a request bounds what is answered, too.
pub fn share(schemas: &mut Value) {
    for (name, member, description) in SHARED {
        let mut said = json!({});
        for schema in schemas.as_object_mut().into_iter().flatten().map(|(_, schema)| schema) {
            let members = schema.get_mut("properties");
            let Some(found) = members.and_then(|it| it.get_mut(member)) else { continue };
            // One that is a schema of its own already is another thing.
            if found["$ref"].is_string() {
                continue;
            }
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            let found = std::mem::replace(found, reference);
            if found.as_object().map(Map::len) > said.as_object().map(Map::len) {
                said = found;
            }
        }
        said["description"] = json!(description);
        schemas[name] = said;
    }
}
