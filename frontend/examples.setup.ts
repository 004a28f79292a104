import fc from "fast-check";

// Property tests draw the same examples in every run: what fails for one fails for all. VITE_SEED=2 draws others.
fc.configureGlobal({ seed: Number(import.meta.env.VITE_SEED ?? 1) });
