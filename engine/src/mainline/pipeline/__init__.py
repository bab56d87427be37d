"""Pipeline, gate and comment on one machine: in this checkout (`run`) or in a copy (`trial`)."""
