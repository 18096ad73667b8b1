-- What a decision that is not about customers says (JSON of its subject), who does it and by when, and the figures that
-- it rested on, as they were (JSON).
ALTER TABLE decisions ADD COLUMN matter TEXT;
ALTER TABLE decisions ADD COLUMN doer TEXT;
ALTER TABLE decisions ADD COLUMN due TEXT;
ALTER TABLE decisions ADD COLUMN rested TEXT NOT NULL DEFAULT '[]';
