create table xaman_live.secrets (
	name text primary key,
	value bytea not null
);

create table xaman_live.servers (
	name text primary key,
	until timestamptz not null -- alive
);

-- What is in the entry as well is there for the indexes. Texts that others choose are in documents or as hashes: a text
-- of PostgreSQL has no zeros, and one that is indexed a limited length.
create table xaman_live.orders (
	uuid text primary key,
	version bigint not null,
	session text not null,
	created timestamptz not null,
	reference bytea,            -- hash; null: none
	open_until timestamptz,     -- null: a phone cannot open it, or no session has it
	due timestamptz,            -- null: never
	ended timestamptz,          -- null: unfinished, or verified
	verified timestamptz,       -- null: it has not counted
	server text references xaman_live.servers on delete set null, -- that follows it
	entry json not null
);
create index on xaman_live.orders (created, uuid);
create index on xaman_live.orders (reference, created) where reference is not null;
create index on xaman_live.orders (session, open_until) where open_until is not null;
create index on xaman_live.orders (due) where due is not null and server is null;
create index on xaman_live.orders (server) where server is not null;
create index on xaman_live.orders (ended) where ended is not null;
create index on xaman_live.orders (verified) where verified is not null;

create table xaman_live.keys (
	key text primary key,
	uuid text,          -- of the order that it made; null: it is booked
	until timestamptz not null,
	server text references xaman_live.servers on delete set null -- for which it is booked
);
create index on xaman_live.keys (server) where server is not null;
create index on xaman_live.keys (until) where uuid is null;

create table xaman_live.tokens (
	session text primary key,
	token text not null,
	uuid text not null -- of the order that brought it
);

create table xaman_live.uses (
	uuid text primary key,
	txid text not null -- '': bound to no transaction
);
create unique index on xaman_live.uses (txid) where txid <> '';

create table xaman_live.deliveries (
	id text primary key,
	uuid text not null,
	made timestamptz not null,
	due timestamptz, -- null: never
	server text references xaman_live.servers on delete set null, -- that makes it
	delivery json not null
);
create index on xaman_live.deliveries (made, id);
create index on xaman_live.deliveries (uuid, made, id);
create index on xaman_live.deliveries (due) where due is not null and server is null;
create index on xaman_live.deliveries (server) where server is not null;

-- The platform's calls of a minute. After a crash they may be counted anew.
create unlogged table xaman_live.calls (
	second bigint primary key,
	calls integer not null
);
create unlogged table xaman_live.shares (
	share text primary key,
	full_at timestamptz not null
);
create index on xaman_live.shares (full_at);
