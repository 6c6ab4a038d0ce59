//! The document that is committed is the one that is served.

use std::path::Path;

use regain::app::{document_json, document_yaml};

use crate::databases::Engine;
use crate::harness::Regain;
use crate::people::database;

#[test]
fn the_committed_documents_are_the_programs_own() {
    for (file, document) in [("regain.json", document_json()), ("regain.yaml", document_yaml())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi").join(file);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == document,
            "openapi/{file} differs; `cargo run -- openapi --write openapi` writes it anew"
        );
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
