"""`mainline demo`: a quarter of simulated customers, from the first model to the next one."""
