"""`make bench`: what Layerwright must reach, measured; the figures go into `docs/benchmarks.md`."""
