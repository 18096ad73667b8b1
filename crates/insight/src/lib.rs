//! Judgement: turns frames into reports and recommendations with money and doubt.
