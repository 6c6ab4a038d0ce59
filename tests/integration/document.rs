//! The document that is committed is the one that is served.

use std::path::Path;

use regain::app::{compat_document_json, compat_document_yaml, document_json, document_yaml};

use crate::databases::Engine;
use crate::harness::Regain;
use crate::people::database;

#[test]
fn the_committed_documents_are_the_programs_own() {
    for (file, document) in [
        ("regain.json", document_json()),
        ("regain.yaml", document_yaml()),
        ("compat.json", compat_document_json()),
        ("compat.yaml", compat_document_yaml()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi").join(file);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == document,
            "openapi/{file} differs; `cargo run -- openapi --write openapi` writes it anew"
        );
    }
}

#[test]
fn the_page_for_people_leads_to_every_operation_and_has_a_row_for_every_code() {
    let page = include_str!("../../docs/api.md");
    let document: serde_json::Value = serde_json::from_str(&document_json()).unwrap();
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            let tag = operation["tags"][0].as_str().unwrap().replace(' ', "%20");
            let leads = format!("\n[{name}]: http://127.0.0.1:8080/docs#/{tag}/{name}\n");
            assert!(page.contains(&leads), "docs/api.md lacks{leads}");
            assert!(page.matches(&format!("[{name}]")).count() > 1, "and tells nothing of {name}");
        }
    }
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for code in document["components"]["schemas"]["ProblemCode"]["enum"].as_array().unwrap() {
        let code = format!("`{}`", code.as_str().unwrap());
        assert!(rows.iter().any(|row| row.contains(&code)), "docs/api.md has no row for {code}");
    }
}

#[test]
fn what_is_said_of_another_system_leads_to_the_part_of_the_page_that_tells_how_to_move() {
    let page = include_str!("../../docs/moving.md");
    let document: serde_json::Value = serde_json::from_str(&compat_document_json()).unwrap();
    for tag in document["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        assert_eq!(page.matches(&format!("\n## {name}\n")).count(), 1, "{name}");
        let part = name.to_lowercase().replace(' ', "-");
        assert_eq!(tag["externalDocs"]["url"], format!("../docs/moving.md#{part}"));
    }
}

#[tokio::test]
async fn the_served_documents_are_the_committed_ones() {
    let users = database(Engine::Sqlite, &[]).await;
    let regain = Regain::start(&users.url).await;
    assert_eq!(regain.get("/openapi.json").await.body, document_json());
    assert_eq!(regain.get("/openapi.yaml").await.body, document_yaml());
    assert_eq!(regain.get("/docs").await.status, 404, "Swagger UI is off until switched on");
}

#[tokio::test]
async fn swagger_ui_is_guarded_as_pages_are_and_shares_no_window_with_who_opened_it() {
    let users = database(Engine::Sqlite, &[]).await;
    let regain = Regain::start_with(&users.url, |settings| settings.docs = true).await;
    for path in ["/docs", "/docs/swagger-ui.css", "/docs/swagger-ui.js", "/docs/start.js"] {
        let answer = regain.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        let parts = ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"];
        assert!(parts.iter().all(|part| policy.contains(part)), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!answer.body.contains("/demo/"), "{path} tells of a demo that is not there");
    }
}
