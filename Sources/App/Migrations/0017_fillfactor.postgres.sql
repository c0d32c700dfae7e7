-- PostgreSQL writes a changed row anew: with room beside it, and no index on what changes, no index is written. A run
-- and an invitation change within moments of their making.
ALTER TABLE run SET (fillfactor = 60);
ALTER TABLE invitation SET (fillfactor = 60);
