-- Many people, since each link to log in moves its account's last login a second on.
CREATE TABLE users (
    id BIGSERIAL PRIMARY KEY,
    email VARCHAR(254),
    username VARCHAR(150),
    name VARCHAR(200),
    password VARCHAR(255),
    recovery_stamp VARCHAR(80),
    last_login TIMESTAMPTZ,
    confirmed_at TIMESTAMPTZ
);
CREATE INDEX users_email ON users (email);
INSERT INTO users (email, username, name, password, confirmed_at)
SELECT
    'person' || number || '@example.com',
    CASE WHEN number % 3 > 0 THEN 'person' || number END,
    CASE WHEN number % 2 > 0 THEN 'Person ' || number END,
    '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI',
    CASE WHEN number <= 4000 THEN now() END
FROM generate_series(1, 24000) AS number;
