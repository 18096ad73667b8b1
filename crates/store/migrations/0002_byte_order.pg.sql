-- Texts that are walked in pages are ordered by their bytes, as SQLite and the program do, whatever language the
-- PostgreSQL sorts by. SQLite needs nothing here.
ALTER TABLE people ALTER COLUMN email_key TYPE TEXT COLLATE "C";
ALTER TABLE decision_members ALTER COLUMN customer_id TYPE TEXT COLLATE "C";
ALTER TABLE standing_decisions ALTER COLUMN customer_id TYPE TEXT COLLATE "C";
ALTER TABLE views ALTER COLUMN page TYPE TEXT COLLATE "C";
ALTER TABLE views ALTER COLUMN name TYPE TEXT COLLATE "C";
