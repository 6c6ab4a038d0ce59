//! What writing a page costs: `cargo bench --bench page` prints the time of each, filled in as the
//! first of its samples.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use divan::{Bencher, Divan};
use regain::config::Settings;
use regain::http::dress::{Dresses, View};
use regain::http::pages::{PAGES, dresses};
use regain::language::{Catalogue, Language};

static TEXTS: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
    let Ok(texts) = Catalogue::embedded() else { panic!("the texts are good") };
    Arc::new(texts)
});

static DRESSES: LazyLock<Dresses> = LazyLock::new(|| {
    let Ok(dresses) = dresses(&Settings::default(), &BTreeMap::new()) else {
        panic!("the templates are good")
    };
    dresses
});

fn main() {
    Divan::default().min_time(Duration::from_millis(500)).config_with_args().main();
}

#[divan::bench(args = PAGES.map(|page| page.template))]
fn written(bencher: Bencher<'_, '_>, template: &str) {
    let page = PAGES.into_iter().find(|page| page.template == template);
    let Some(page) = page else { unreachable!() };
    let Some(sample) = (page.samples)().into_iter().next() else { panic!("each has a sample") };
    bencher.bench(|| {
        let texts = TEXTS.texts(Language::English).with("title", "Shop".to_owned());
        let view = View::new(DRESSES.of(None), Some("shop"), "Shop", texts);
        assert!(view.write(page, sample.clone()).is_ok());
    });
}
