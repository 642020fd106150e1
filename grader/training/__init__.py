"""Training verified: data, quantities in nats, gates with a known false-fail rate. Numpy and scipy only, all pure."""
