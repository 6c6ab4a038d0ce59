//! How often and how much: the same in memory and in Redis, and in Redis for all replicas together.

use std::time::Duration;

use futures_util::future::join_all;
use regain::clock::Clock;
use regain::config::{
    ApplicationLimitSettings, LimitSettings, LimitStore, Rate, RedisSettings, SecretSource,
};
use regain::limits::{MemoryLimits, Rates, RedisLimits};
use regain::recovery::{Door, Limits, TryAfter};
use regain::redis::{Address, Redis};
use regain::token::{Keyring, Secret};

use crate::counts;
use crate::databases::Engine;
use crate::harness::{Regain, SECRET};
use crate::people::{database, person};
use crate::redis_server::{RedisServer, keys};

const APPS: [&str; 3] = ["shop", "blog", "bank"];

/// The one that has limits of its own.
const BANK: ApplicationLimitSettings = ApplicationLimitSettings {
    per_client: Some(Rate { events: 5, period: Duration::from_hours(1) }),
    mails_per_account: Some(Rate { events: 1, period: Duration::from_mins(10) }),
};

fn settings() -> LimitSettings {
    LimitSettings {
        per_client: "3/h".parse().unwrap(),
        per_key: "3/h".parse().unwrap(),
        mails_per_account: "3/h".parse().unwrap(),
        ..LimitSettings::default()
    }
}

fn rates(settings: &LimitSettings) -> Rates {
    // One mail at once, and one a minute.
    let paces = APPS.map(|app| (app.to_owned(), 60));
    Rates::new(settings, [("bank".to_owned(), BANK)], paces)
}

fn in_memory(settings: &LimitSettings) -> MemoryLimits {
    MemoryLimits::new(rates(settings), Clock::system())
}

fn in_redis(settings: &LimitSettings, redis: &RedisSettings) -> RedisLimits {
    let url = match redis.url.as_ref().unwrap() {
        SecretSource::Inline(url) => url,
        SecretSource::File(_) => unreachable!(),
    };
    let patience = Duration::from_secs(2);
    let address = Address::parse(url, redis).unwrap();
    let connection = Redis::connect(address, "limits", &redis.prefix, patience, |_, _| {});
    let secret = Secret::parse(SECRET.as_bytes()).unwrap();
    let keyring = Keyring::new("one", [("one".to_owned(), secret)]).unwrap();
    let apps = APPS.map(|app| (app.to_owned(), keyring.application(app)));
    RedisLimits::new(rates(settings), connection, keyring.limiter(), apps, in_memory(settings))
}

/// Does the same with limits of both kinds.
async fn in_both(settings: LimitSettings, behaves: impl AsyncFn(&dyn Limits)) {
    behaves(&in_memory(&settings)).await;
    if let Some(keys) = keys() {
        behaves(&in_redis(&settings, &keys.settings())).await;
    }
}

async fn asks(limits: &dyn Limits, client: &str) -> bool {
    limits.client("shop", Door::Ask, client).await.is_ok()
}

fn minutes(wait: Duration) -> u64 {
    (wait.as_secs() + 30) / 60
}

#[tokio::test]
async fn each_request_is_told_how_much_is_left_and_a_budget_how_long_it_is_used_up() {
    in_both(settings(), async |limits| {
        let quota = limits.quota("shop", Door::Ask).unwrap();
        assert_eq!((quota.requests, quota.window().as_secs()), (3, 3600));
        assert_eq!(limits.quota("bank", Door::Ask).unwrap().requests, 5, "its own");
        for taken in 1..=3 {
            let until_whole = limits.client("shop", Door::Ask, "c").await.unwrap();
            assert_eq!(minutes(until_whole), 20 * taken);
        }
        limits.give_request_back("shop", Door::Ask, "c").await;
        assert_eq!(minutes(limits.client("shop", Door::Ask, "c").await.unwrap()), 60);
        for _mail in 0..3 {
            assert_eq!(limits.mail_budget("shop", "1").await, Ok(()));
        }
        let TryAfter(wait) = limits.mail_budget("shop", "1").await.unwrap_err();
        assert_eq!(minutes(wait), 20);
        let TryAfter(wait) = {
            assert_eq!(limits.mail_budget("bank", "1").await, Ok(()));
            limits.mail_budget("bank", "1").await.unwrap_err()
        };
        assert_eq!(minutes(wait), 10, "as that application has it");
    })
    .await;
}

#[tokio::test]
async fn a_burst_is_allowed_at_once_and_then_one_an_interval() {
    let often = LimitSettings { per_client: "3/s".parse().unwrap(), ..settings() };
    in_both(often, async |limits| {
        // A burst that a slow machine stretches would hold one more.
        let mut wait = Ok(Duration::ZERO);
        for _more_than_a_burst in 0..20 {
            wait = limits.client("shop", Door::Ask, "c").await;
            if wait.is_err() {
                break;
            }
        }
        let TryAfter(wait) = wait.unwrap_err();
        assert!(wait <= Duration::from_millis(334), "{wait:?}");
        tokio::time::sleep(wait).await;
        assert!(asks(limits, "c").await, "as soon as was said");
    })
    .await;
}

#[tokio::test]
async fn three_and_no_more_are_allowed_and_who_is_refused_is_told_how_long_to_wait() {
    in_both(settings(), async |limits| {
        for _allowed in 0..3 {
            assert!(asks(limits, "c").await);
        }
        for _again in 0..3 {
            let TryAfter(wait) = limits.client("shop", Door::Ask, "c").await.unwrap_err();
            assert_eq!(minutes(wait), 20, "to be refused costs nothing");
        }
        assert!(asks(limits, "d").await, "others have their own");
    })
    .await;
}

#[tokio::test]
async fn each_door_counts_by_itself() {
    in_both(settings(), async |limits| {
        for door in Door::ALL {
            for _allowed in 0..3 {
                assert!(limits.client("shop", door, "c").await.is_ok(), "{door:?}");
            }
            assert!(limits.client("shop", door, "c").await.is_err(), "{door:?}");
            limits.give_request_back("shop", door, "c").await;
            assert!(limits.client("shop", door, "c").await.is_ok(), "{door:?}: given back");
            assert!(limits.client("shop", door, "c").await.is_err(), "{door:?}: and no more");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_given_back_was_none_and_no_more_comes_back_than_was_taken() {
    in_both(settings(), async |limits| {
        limits.give_request_back("shop", Door::Ask, "c").await;
        for _good in 0..20 {
            assert!(asks(limits, "c").await);
            limits.give_request_back("shop", Door::Ask, "c").await;
        }
        for _allowed in 0..3 {
            assert!(asks(limits, "c").await);
        }
        assert!(!asks(limits, "c").await);
        limits.give_request_back("shop", Door::Complete, "c").await;
        limits.give_request_back("shop", Door::Ask, "d").await;
        assert!(!asks(limits, "c").await, "of another door, and of somebody else");
        limits.give_request_back("shop", Door::Ask, "c").await;
        assert!(asks(limits, "c").await && !asks(limits, "c").await);
    })
    .await;
}

#[tokio::test]
async fn an_application_with_limits_of_its_own_counts_by_itself_and_the_others_together() {
    in_both(settings(), async |limits| {
        let asks = async |app: &str| limits.client(app, Door::Ask, "c").await.is_ok();
        for _allowed in 0..5 {
            assert!(asks("bank").await);
        }
        assert!(!asks("bank").await, "its own, which is more than the others allow");
        assert!(asks("shop").await && asks("blog").await && asks("shop").await);
        assert!(!asks("shop").await && !asks("blog").await, "one allowance of these two");
        assert!(limits.client("bank", Door::Inspect, "c").await.is_ok(), "each door by itself");
        assert!(limits.client("bank", Door::Ask, "d").await.is_ok(), "each client by itself");

        assert!(
            limits.mail_budget("bank", "1").await.is_ok()
                && limits.mail_budget("bank", "1").await.is_err()
        );
        limits.give_back("bank", "1").await;
        assert!(
            limits.mail_budget("bank", "1").await.is_ok()
                && limits.mail_budget("bank", "1").await.is_err()
        );
        assert!(
            limits.mail_budget("shop", "1").await.is_ok()
                && limits.mail_budget("shop", "1").await.is_ok()
        );
    })
    .await;
}

#[tokio::test]
async fn a50_accounts_have_a_budget_each_and_get_back_what_was_not_used() {
    in_both(settings(), async |limits| {
        limits.give_back("shop", "1").await;
        for _mail in 0..3 {
            assert!(limits.mail_budget("shop", "1").await.is_ok());
        }
        assert!(
            limits.mail_budget("shop", "1").await.is_err(),
            "nothing is given back that was not taken"
        );
        assert!(
            limits.mail_budget("shop", "2").await.is_ok()
                && limits.mail_budget("blog", "1").await.is_ok()
        );
        limits.give_back("shop", "1").await;
        assert!(
            limits.mail_budget("shop", "1").await.is_ok()
                && limits.mail_budget("shop", "1").await.is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn paced_mails_take_their_turns_one_after_the_other_and_not_too_late() {
    in_both(settings(), async |limits| {
        let patience = Duration::from_secs(190);
        for turn in 0..=3 {
            assert_eq!(minutes(limits.pace("shop", patience).await.unwrap()), turn);
        }
        for _takes_no_turn in 0..2 {
            let TryAfter(wait) = limits.pace("shop", patience).await.unwrap_err();
            assert_eq!(minutes(wait), 4);
        }
        assert_eq!(minutes(limits.pace("blog", patience).await.unwrap()), 0);
        limits.give_turn_back("blog").await;
        assert_eq!(minutes(limits.pace("blog", patience).await.unwrap()), 0, "the one given back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_the_same_time_exactly_the_burst_is_let_in() {
    in_both(settings(), async |limits| {
        let all = join_all((0..200).map(|_| asks(limits, "c"))).await;
        assert_eq!(all.into_iter().filter(|let_in| *let_in).count(), 3);
    })
    .await;
}

#[tokio::test]
async fn switched_off_nothing_is_limited_and_nothing_is_kept() {
    let off = LimitSettings { enabled: false, ..settings() };
    in_both(off.clone(), async |limits| {
        assert_eq!(limits.quota("shop", Door::Ask), None);
        for _again in 0..20 {
            limits.give_request_back("shop", Door::Ask, "c").await;
            assert!(asks(limits, "c").await && limits.mail_budget("shop", "1").await.is_ok());
            assert_eq!(limits.pace("shop", Duration::ZERO).await, Ok(Duration::ZERO));
        }
    })
    .await;
    let Some(keys) = keys() else { return };
    let limits = in_redis(&off, &keys.settings());
    limits.give_request_back("shop", Door::Ask, "c").await;
    assert!(asks(&limits, "c").await && keys.names().await.is_empty());
}

#[tokio::test]
async fn a54_replicas_share_one_limit_one_budget_and_one_pace() {
    let Some(keys) = keys() else { return };
    let replicas: Vec<_> = (0..4).map(|_| in_redis(&settings(), &keys.settings())).collect();
    let (mut asked, mut mailed) = (0, 0);
    for replica in replicas.iter().cycle().take(12) {
        asked += u32::from(asks(replica, "c").await);
        mailed += u32::from(replica.mail_budget("shop", "1").await.is_ok());
    }
    assert_eq!((asked, mailed), (3, 3));
    let mut turns = vec![];
    for replica in &replicas {
        turns.push(minutes(replica.pace("shop", Duration::from_hours(1)).await.unwrap()));
    }
    assert_eq!(turns, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a06_keys_and_values_tell_nothing_of_whom_they_count_and_all_of_them_expire() {
    let Some(keys) = keys() else { return };
    let limits = in_redis(&settings(), &keys.settings());
    for who in ["203.0.113.9", "2001:db8:1:2::/64"] {
        for door in Door::ALL {
            assert!(limits.client("shop", door, who).await.is_ok());
        }
    }
    assert!(limits.client("bank", Door::Ask, "203.0.113.9").await.is_ok());
    assert!(limits.mail_budget("shop", "canary@example.com").await.is_ok());
    assert!(limits.pace("shop", Duration::ZERO).await.is_ok());
    let names = keys.names().await;
    assert_eq!(names.len(), 2 * Door::ALL.len() + 1 + 1 + 1);
    for name in names {
        let value: String = keys.run(&["GET", &name]).await;
        for told in ["203.0.113", "2001:db8", "canary", "example", "account"] {
            assert!(!name.contains(told) && !value.contains(told), "{name} {value}");
        }
        assert!(value.parse::<u64>().is_ok(), "a time and no more: {value}");
        let life: i64 = keys.run(&["PTTL", &name]).await;
        assert!((1..=20 * 60 * 1000).contains(&life), "{name} lives {life} ms");
    }
}

#[tokio::test]
async fn a84_while_redis_is_down_each_replica_counts_for_itself_and_nobody_waits() {
    counts::begin();
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let limits = in_redis(&settings(), &keys.settings());
    for _allowed in 0..3 {
        assert!(asks(&limits, "c").await);
    }
    assert_eq!(limits.trouble(), None);
    server.kill();
    let began = tokio::time::Instant::now();
    let mut alone = 0;
    for _ask in 0..100 {
        alone += u32::from(asks(&limits, "c").await);
    }
    assert_eq!(alone, 3, "it never lets everybody in");
    assert!(began.elapsed() < Duration::from_secs(5), "one bounded wait: {:?}", began.elapsed());
    assert_eq!(limits.trouble(), Some("the limits that replicas share"));
    assert!(counts::total("regain_limits_fallback_total") >= 100);

    server.start_again().await;
    for _attempt in 0..100 {
        if asks(&limits, "another").await && limits.trouble().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(limits.trouble(), None, "it counts with the others again");
    assert!(!asks(&limits, "c").await, "what was counted was kept");
}

#[tokio::test]
async fn a53_where_redis_has_no_room_left_the_replica_counts_for_itself_in_bounded_memory() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let limits = in_redis(&settings(), &keys.settings());
    assert!(asks(&limits, "first").await);
    keys.run::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let mut let_in = 0;
    for _ask in 0..10 {
        let_in += u32::from(asks(&limits, "c").await);
    }
    assert_eq!(let_in, 3, "it does not fail open");
    assert!(limits.trouble().is_some());
    keys.run::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await;
    assert!(asks(&limits, "c").await && limits.trouble().is_none());
}

#[tokio::test]
async fn a54_two_services_on_one_redis_answer_one_client_as_one() {
    let Some(keys) = keys() else { return };
    let users = database(Engine::Sqlite, &[person("known@example.com")]).await;
    let start = || {
        Regain::start_with(&users.url, |settings| {
            settings.limits.per_client = "4/h".parse().unwrap();
            settings.limits.store = LimitStore::Redis;
            settings.redis = keys.settings();
        })
    };
    let services = [start().await, start().await];
    let mut statuses = vec![];
    for service in services.iter().cycle().take(6) {
        statuses.push(service.ask("known@example.com").await.status);
    }
    assert_eq!(statuses, [202, 202, 202, 202, 429, 429]);
    for service in &services {
        service.worked().await;
    }
    let mails: usize = services.iter().map(|service| service.mails().len()).sum();
    assert_eq!(mails, 3, "the account's budget is one as well");
}
