-- two-inserts.sql - a request and a record made durable, into tables, indexes and checks that are the same as ours
BEGIN IMMEDIATE;
INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,
    created_at, updated_at, expires_at)
SELECT lower(hex(randomblob(18))), 'alice', 1000, 1, 'Task', 'Bench\ask', policy_id, 'Pending', 'ticket 4711', 14400,
    unixepoch(), unixepoch(), unixepoch() + 86400 FROM request LIMIT 1;
INSERT INTO audit (sequence, data, hash, time, user, operation, object, result, record_type)
SELECT sequence + 1, data, hash, time, user, operation, lower(hex(randomblob(18))), result, record_type
    FROM audit ORDER BY sequence DESC LIMIT 1;
COMMIT;
