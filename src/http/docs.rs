//! Swagger UI at `/docs`: offline, and as files, so that no inline script needs an exception. The document that it
//! fetches is the running program's own, and so is the version that stands beside the title.

use std::sync::LazyLock;

use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Body, Response, Route, get, handler};

use super::api;
use super::problem::{Code, Problem};
use super::state::State;

/// Scripts and styles of our own host only. Swagger UI draws its icons from data URLs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Regain API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body>
<div class="swagger-ui"><p class="wrapper">{hint}</p></div>
<div id="ui"></div>
</body>
</html>
"#;

const START: &str = r##"SwaggerUIBundle({
  dom_id: "#ui", url: "/openapi.json", deepLinking: true, validatorUrl: null,
});
"##;

/// The style and the script that poem-openapi carries along, cut out of its one page.
static SWAGGER_UI: LazyLock<(String, String)> = LazyLock::new(|| {
    let html = api::service().swagger_ui_html();
    let between = |open: &str, close: &str| {
        let rest = html.split_once(open).map_or("", |(_, rest)| rest);
        rest.split_once(close).map_or("", |(inside, _)| inside).to_owned()
    };
    (
        between("<style charset=\"UTF-8\">", "</style>"),
        between("<script charset=\"UTF-8\">", "</script>"),
    )
});

/// The routes with Swagger UI among them.
pub fn add(routes: Route) -> Route {
    routes.at("/docs", get(page)).at("/docs/:file", get(file))
}

#[handler]
fn page(Data(state): Data<&State>) -> Response {
    answer("text/html; charset=utf-8", &PAGE.replace("{hint}", state.docs_hint))
}

#[handler]
fn file(request: &poem::Request) -> Result<Response, Problem> {
    match request.raw_path_param("file").unwrap_or_default() {
        "swagger-ui.css" => Ok(answer("text/css; charset=utf-8", &SWAGGER_UI.0)),
        "swagger-ui.js" => Ok(answer("text/javascript; charset=utf-8", &SWAGGER_UI.1)),
        "start.js" => Ok(answer("text/javascript; charset=utf-8", START)),
        _ => Err(Problem::new(Code::NotFound)),
    }
}

fn answer(kind: &str, text: &str) -> Response {
    Response::builder()
        .status(StatusCode::OK)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .body(Body::from_string(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_and_the_script_are_whole() {
        assert!(SWAGGER_UI.0.len() > 50_000 && SWAGGER_UI.0.contains(".swagger-ui"));
        assert!(SWAGGER_UI.1.len() > 500_000 && SWAGGER_UI.1.contains("SwaggerUIBundle"));
    }
}
