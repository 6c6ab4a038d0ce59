/* Single use without a token table, as src/recovery/complete.rs does it: clients who use links on
 * replicas, with one row behind them all. What may go wrong may go wrong at any moment: a replica dies
 * between two steps, an UPDATE or its answer is lost or comes late, a client tries again on another
 * replica, the password is changed in the application, links expire, and keys are rotated meanwhile.
 *
 * A password hash is a number that is never used twice, as every hash has a salt of its own. A link is
 * the key that signed it and the hash that it was made for.
 *
 * Held in every state that can be reached:
 *   - of all links that were made for one hash one is used at most, it replaces that very hash, and one
 *     client at most is told so;
 *   - who is told that a link is not valid is told so because its hash was replaced, or it expired;
 *   - in the end every link whose hash nobody replaced, and that has not expired, works on every replica.
 *
 * Each of these takes one guard away, and tests/model/run wants a fault to be found then:
 *   NO_SWAP         the row is read and then written, without the compare
 *   NO_READ_BACK    an answer that is lost is taken for a swap that was lost
 *   TRUST_LOSS      a swap that is lost after an answer that was lost is taken for our own
 *   SIGN_FIRST      a replica signs by the new key before every replica knows it
 *   RETIRE_EARLY    the old key goes before its links have expired
 */

#ifndef REPLICAS
#define REPLICAS 2
#endif
#ifndef CLIENTS
#define CLIENTS 2
#endif
#ifndef TRIES
#define TRIES 2     /* of each client, until it is told something */
#endif
#ifndef READINGS
#define READINGS 2  /* of the row after an answer was lost; the service reads it four times */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif

#define LINKS   2
#define UPDATES (TRIES * (READINGS + 1))      /* that one client may have on their way */
#define HASHES  (CLIENTS * TRIES + 2)
#define BY_HOST (HASHES - 1)
#define NOBODY  255

mtype = { Idle, Sent, GivenUp, Won, Lost };   /* an UPDATE, which may be carried out though it was given up */
mtype = { Nothing, Success, Invalid };        /* what a client is told; a 503 is nothing, too */

typedef Update { mtype state; byte expected; byte hash }
Update update[CLIENTS * UPDATES];

typedef Link { bool mailed; bool expired; byte key; byte made_for }
Link link[LINKS];

byte row;                                     /* the hash in the row */
byte winner[HASHES];                          /* whose link replaced a hash */
bool by_host[HASHES];                         /* or whether the application did */
bool told[HASHES];                            /* whether a client was told of having replaced it */

byte signs[REPLICAS];                         /* the key that a replica signs with */
byte knows[REPLICAS];                         /* the keys that it verifies by, a bit each */
byte deaths[REPLICAS];

byte finished;

#define link_of(client)   link[(client) % LINKS]
#define spent(hash)       (winner[hash] != NOBODY || by_host[hash])
#define takes(replica, l) ((knows[replica] >> link[l].key) & 1)

/* The database carries out an UPDATE. Its answer is kept for who waits for it. */
inline carry_out(client, n) {
    waited_for = (update[n].state == Sent);
    if
#ifdef NO_SWAP
    :: true ->
#else
    :: row == update[n].expected ->
#endif
        assert(winner[link_of(client).made_for] == NOBODY);
        assert(row == link_of(client).made_for);
        winner[row] = client;
        row = update[n].hash;
        update[n].state = Won
#ifndef NO_SWAP
    :: else -> update[n].state = Lost
#endif
    fi;
    if
    :: waited_for -> update[n].expected = 0; update[n].hash = 0
    :: else -> forget(n)
    fi;
    waited_for = false
}

inline forget(n) { update[n].state = Idle; update[n].expected = 0; update[n].hash = 0 }

#define on_its_way(n) (n < UPDATES && (update[first + n].state == Sent || update[first + n].state == GivenUp))

#define ARRIVES(n) :: d_step { on_its_way(n) -> carry_out(client, first + n) }

/* It comes when it comes, or never: nothing here has to be done. */

proctype Way(byte client) {
    byte first = client * UPDATES;
    bool waited_for;
end:
    do
    ARRIVES(0) ARRIVES(1) ARRIVES(2) ARRIVES(3) ARRIVES(4) ARRIVES(5)
    od
}

/* One request of one client: MAC, age, row, fingerprint, hash, swap. */
inline complete() {
    d_step {
        if
        :: !takes(at, client % LINKS) || link_of(client).expired || row != link_of(client).made_for ->
            answer = Invalid
        :: else -> was = row; hash = 1 + client * TRIES + try
        fi
    }
    if
    :: answer == Nothing -> send(); settle()
    :: else -> skip
    fi
}

inline send() {
    d_step { update[sent].state = Sent; update[sent].expected = was; update[sent].hash = hash }
}

inline give_up() {
    d_step {
        if
        :: update[sent].state == Sent -> update[sent].state = GivenUp
        :: update[sent].state == Won || update[sent].state == Lost -> forget(sent)
        :: else -> skip
        fi
    }
}

/* The answer to the swap, and the row again where it is lost, which may be at any time. */
inline settle() {
    if
    :: d_step { update[sent].state == Won  -> answer = Success; forget(sent) }
    :: d_step { update[sent].state == Lost -> answer = Invalid; forget(sent) }
    :: give_up();
#ifdef NO_READ_BACK
        answer = Invalid
#else
        do
        :: readings == READINGS -> break      /* 503 */
        :: else ->
            atomic {
                readings++;
                if
                :: row == hash -> answer = Success
                :: row != hash && row != was -> answer = Invalid
                :: else -> sent++; send()
                fi
            }
            if
            :: answer != Nothing -> break
            :: else ->
                if
                :: d_step { update[sent].state == Won -> answer = Success; forget(sent) }
#ifdef TRUST_LOSS
                :: d_step { update[sent].state == Lost -> answer = Success; forget(sent) }
#else
                :: d_step { update[sent].state == Lost -> forget(sent) } /* the next reading tells why */
#endif
                :: give_up()                  /* this answer is lost, too */
                fi
            fi
        od
#endif
    fi
}

proctype Client(byte client) {
    byte try, at, deaths_before, was, hash, sent, readings;
    mtype answer = Nothing;

    link_of(client).mailed;
    do
    :: answer != Nothing || try == TRIES -> break
    :: else ->
        atomic {
            if
            :: at = 0
            :: at = REPLICAS - 1
            fi;
            deaths_before = deaths[at];
            sent = client * UPDATES + try * (READINGS + 1);
            readings = 0
        }
        { complete() } unless { deaths[at] != deaths_before };
        atomic {
            if
            :: deaths[at] != deaths_before -> answer = Nothing; give_up()
            :: else -> skip
            fi;
            /* What a client is told has to be true. */
            if
            :: answer == Success ->
                assert(!told[link_of(client).made_for]);
                assert(winner[link_of(client).made_for] == client);
                told[link_of(client).made_for] = true
            :: answer == Invalid ->
                assert(spent(link_of(client).made_for) || link_of(client).expired)
            :: else -> skip
            fi;
            try++; was = 0; hash = 0; readings = 0; sent = 0; at = 0; deaths_before = 0
        }
    od;
    finished++
}

/* Links are made by any replica at any time, for the row as it is then; at once where nothing about keys
 * changes, so that fewer states are left. */
proctype Mailer() {
    byte l, at;
#ifndef ROTATION
    atomic { link[0].mailed = true; link[1].mailed = true; l = LINKS }
#endif
    do
    :: l == LINKS -> break
    :: else ->
        atomic {
            if
            :: at = 0
            :: at = REPLICAS - 1
            fi;
            link[l].key = signs[at];
            link[l].made_for = row;
            link[l].mailed = true;
            l++; at = 0
        }
    od
}

proctype Time() {
    do
    :: d_step { link[0].mailed && !link[0].expired -> link[0].expired = true }
    :: d_step { link[1].mailed && !link[1].expired -> link[1].expired = true }
    :: break
    od
}

/* An ordinary change of the password, in the application, which asks nobody. */
proctype Host() {
    if
    :: d_step { true -> if :: !spent(row) -> by_host[row] = true :: else -> skip fi; row = BY_HOST }
    :: true
    fi
}

proctype Crash() {
    byte n;
    do
    :: n == CRASHES -> break
    :: n < CRASHES -> atomic { n++; if :: deaths[0]++ :: deaths[REPLICAS - 1]++ fi }
    :: break
    od
}

#define may_retire(l) (!link[l].mailed || link[l].key == 1 || link[l].expired)

/* The new key is added everywhere, signs everywhere, and then the old one goes, replica by replica. */
proctype Rotation() {
    byte r;
#ifdef SIGN_FIRST
    do :: r == REPLICAS -> break :: else -> d_step { knows[r] = 3; signs[r] = 1; r++ } od;
#else
    do :: r == REPLICAS -> break :: else -> d_step { knows[r] = 3; r++ } od;
    r = 0;
    do :: r == REPLICAS -> break :: else -> d_step { signs[r] = 1; r++ } od;
#endif
    r = 0;
#ifndef RETIRE_EARLY
end:
    may_retire(0) && may_retire(1);
#endif
    do :: r == REPLICAS -> break :: else -> d_step { knows[r] = 2; r++ } od
}

init {
    byte n;
    atomic {
        do :: n == REPLICAS -> break :: else -> knows[n] = 1; n++ od;
        n = 0;
        do :: n == HASHES -> break :: else -> winner[n] = NOBODY; n++ od;
        n = 0;
        do :: n == CLIENTS * UPDATES -> break :: else -> update[n].state = Idle; n++ od;
        n = 0
    }
    atomic {
        do :: n == CLIENTS -> break :: else -> run Way(n); n++ od;
        n = 0;
        run Mailer();
        run Crash();
#ifdef HOST
        run Host();
#endif
#ifdef ROTATION
        run Time();
        run Rotation();
#endif
        do :: n == CLIENTS -> break :: else -> run Client(n); n++ od;
        n = 0
    }
    finished == CLIENTS;
    /* A link that nobody used, and whose hash stands, works wherever it is taken to. */
    atomic {
        do
        :: n == LINKS * REPLICAS -> break
        :: else ->
            assert(!link[n % LINKS].mailed || spent(link[n % LINKS].made_for) || link[n % LINKS].expired
                || (takes(n / LINKS, n % LINKS) && row == link[n % LINKS].made_for));
            n++
        od
    }
}
