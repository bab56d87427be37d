"""The whole loop on one machine: in this checkout (`run`) or in a scratch copy (`trial`)."""
