-- The journal of one pair, format 1. What each table says is written at the
-- row's type in `model::row`; columns have the names of its fields.
--
-- Ids, sizes and volumes use all 64 bits without a sign; they are kept as the
-- same bits with one, so very large ones read as negative here. 128-bit file
-- ids are sixteen bytes, highest first. Hashes are BLAKE3, `sha1` is SHA-1.
--
-- No table demands unique places: one commit may swap two names, and the rows
-- of two observations may contradict each other until the next look.

-- The file itself.
CREATE TABLE journal (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    clean     INTEGER NOT NULL CHECK (clean IN (0, 1)), -- closed properly
    barriers  INTEGER NOT NULL,                         -- only there to be written
    backed_up INTEGER                                   -- seconds since 1970
) STRICT;

CREATE TABLE pair (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    tag          TEXT NOT NULL,
    former_tags  TEXT NOT NULL, -- words, a space between them
    next_node    INTEGER NOT NULL,
    next_aside   INTEGER NOT NULL,
    nonces       TEXT NOT NULL, -- words, a space between them
    remote_root  TEXT,
    root_listed  TEXT,
    walked_at    INTEGER, -- seconds since 1970
    fingerprint  TEXT,
    merging      INTEGER NOT NULL CHECK (merging IN (0, 1)),
    large_size   INTEGER, -- what the server refused for its size,
    large_at     INTEGER, -- and when, in seconds since 1970
    CHECK ((large_size IS NULL) = (large_at IS NULL))
) STRICT;

CREATE TABLE deselected (
    node INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE removal (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL, -- seconds since 1970
    side  TEXT NOT NULL,
    files INTEGER NOT NULL
) STRICT;

-- `kind` is 0 for a folder and 1 for a file. A file without a hash is unread,
-- which only the server's can be (I4).
CREATE TABLE base (
    node   INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL,
    name   TEXT NOT NULL,
    kind   INTEGER NOT NULL,
    hash   BLOB,
    sha1   BLOB CHECK (length(sha1) = 20),
    size   INTEGER NOT NULL,
    etag   TEXT,
    CHECK ((kind = 0 AND hash IS NULL) OR (kind = 1 AND hash IS NOT NULL AND length(hash) = 32))
) STRICT;

-- `stand` is 0 at home, 1 under `alias`, 2 parked. Times are nanoseconds since 1970.
CREATE TABLE local (
    node    INTEGER PRIMARY KEY,
    parent  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    hash    BLOB,
    sha1    BLOB CHECK (length(sha1) = 20),
    racy    INTEGER NOT NULL CHECK (racy IN (0, 1)),
    stand   INTEGER NOT NULL,
    alias   TEXT,
    given   TEXT,
    volume  INTEGER NOT NULL,
    file_id BLOB NOT NULL CHECK (length(file_id) = 16),
    born    INTEGER,
    size    INTEGER NOT NULL,
    mtime   INTEGER NOT NULL,
    ctime   INTEGER NOT NULL,
    links   INTEGER NOT NULL,
    CHECK ((kind = 0 AND hash IS NULL) OR (kind = 1 AND hash IS NOT NULL AND length(hash) = 32)),
    CHECK (stand IN (0, 1, 2) AND (stand = 1) = (alias IS NOT NULL))
) STRICT;

-- `mtime` is seconds since 1970; `perms` are the bits of `model::Perms`.
CREATE TABLE remote (
    node    INTEGER PRIMARY KEY,
    parent  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    hash    BLOB CHECK (length(hash) = 32),
    listed  TEXT,
    racy    INTEGER NOT NULL CHECK (racy IN (0, 1)),
    stand   INTEGER NOT NULL CHECK (stand IN (0, 2)),
    file_id TEXT,
    etag    TEXT,
    sha1    BLOB CHECK (length(sha1) = 20),
    perms   INTEGER NOT NULL,
    size    INTEGER,
    mtime   INTEGER,
    CHECK (kind = 1 OR (kind = 0 AND hash IS NULL))
) STRICT;

-- Not unique: an object may have two names, and ids are used again at once
-- (amendments 19, 23, 25).
CREATE INDEX local_id ON local (volume, file_id);
CREATE INDEX remote_id ON remote (file_id);

CREATE TABLE intent (
    node    INTEGER PRIMARY KEY,
    unknown INTEGER NOT NULL CHECK (unknown IN (0, 1))
) STRICT;

CREATE TABLE intent_sent (
    node INTEGER NOT NULL REFERENCES intent ON DELETE CASCADE,
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sha1 BLOB CHECK (length(sha1) = 20),
    size INTEGER NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE intent_asked (
    node   INTEGER NOT NULL REFERENCES intent ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    node   INTEGER PRIMARY KEY,
    side   TEXT NOT NULL,
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL -- seconds since 1970
) STRICT;

CREATE TABLE aside (
    number    INTEGER PRIMARY KEY,
    path      TEXT NOT NULL,
    stored    TEXT NOT NULL,
    hash      BLOB CHECK (length(hash) = 32),
    at        INTEGER NOT NULL, -- seconds since 1970
    on_server INTEGER NOT NULL CHECK (on_server IN (0, 1)),
    volume    INTEGER NOT NULL,
    file_id   BLOB NOT NULL CHECK (length(file_id) = 16),
    born      INTEGER,
    size      INTEGER NOT NULL,
    mtime     INTEGER NOT NULL,
    ctime     INTEGER NOT NULL,
    links     INTEGER NOT NULL
) STRICT;
