"""From a release to what runs, and back: what each environment runs, promotion, rollback."""
