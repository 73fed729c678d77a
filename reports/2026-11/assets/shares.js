// Shares pooled in one stage by a binomial-normal model, as synthesis/onestage.py does it.
// x events among n people in each sample; mu the mean logit, tau its standard deviation between samples; z a sample's own
// deviate. Averages over z, given the counts, by adaptive quadrature at nodes that come with the page.
"use strict";
window.Evidence = window.Evidence ?? {};
Evidence.shares = (() => {
  const NEWTON_STEPS = 40, LARGEST_STEP = 2;
  const GRID = 48, LOWEST = 1e-6, HIGHEST = 50, HALVINGS = 60;
  const { sum, typicalVariance } = Evidence.pooling;
  const expit = (value) => 1 / (1 + Math.exp(-value));
  const logOnePlusExp = (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
  const clip = (value) => Math.min(Math.max(value, -LARGEST_STEP), LARGEST_STEP);

  // Mode and width of one sample's deviate, by Newton's method.
  const mode = (mu, tau, x, n) => {
    let z = 0;
    const curve = () => { const p = expit(mu + tau * z); return [p, tau ** 2 * n * p * (1 - p) + 1]; };
    for (let i = 0; i < NEWTON_STEPS; i += 1) {
      const [p, bend] = curve();
      const step = (tau * (x - n * p) - z) / bend;
      z += clip(step);
      if (Math.abs(step) < 1e-12) break;
    }
    return [z, 1 / Math.sqrt(curve()[1])];
  };

  // What one sample adds: log likelihood (but for a constant), scores, observed information.
  const sample = (mu, tau, x, n, { nodes, weights }) => {
    const [middle, width] = mode(mu, tau, x, n);
    const z = nodes.map((node) => middle + width * node);
    const joint = z.map((item, i) => {
      const eta = mu + tau * item;
      return x * eta - n * logOnePlusExp(eta) - item ** 2 / 2 + weights[i];
    });
    const peak = Math.max(...joint);
    const inside = joint.map((item) => Math.exp(item - peak));
    const total = sum(inside);
    const p = z.map((item) => expit(mu + tau * item));
    const average = (of) => sum(z.map((item, i) => inside[i] * of(item, x - n * p[i], n * p[i] * (1 - p[i])))) / total;
    const a = average((_, rest) => rest), b = average((item, rest) => rest * item);
    return {
      height: peak + Math.log(total * width), byMu: a, byTau: b,
      infoMu: average((_, rest, spread) => spread - rest ** 2) + a ** 2,
      infoTau: average((item, rest, spread) => spread * item ** 2 - (rest * item) ** 2) + b ** 2,
      infoBoth: average((item, rest, spread) => spread * item - rest ** 2 * item) + a * b,
    };
  };
  const average = (mu, tau, counts, rule) => {
    const parts = counts.map(([x, n]) => sample(mu, tau, x, n, rule));
    return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, sum(parts.map((part) => part[name]))]));
  };

  const bestMean = (tau, counts, rule) => {
    const x = sum(counts.map(([events]) => events)), n = sum(counts.map(([, size]) => size));
    let mu = Math.log(x / (n - x));
    for (let i = 0; i < NEWTON_STEPS; i += 1) {
      const found = average(mu, tau, counts, rule);
      const step = clip(found.byMu / found.infoMu);
      mu += step;
      if (Math.abs(step) < 1e-13) break;
    }
    return mu;
  };

  const between = (counts, rule) => {
    const at = (tau) => average(bestMean(tau, counts, rule), tau, counts, rule);
    const steps = Array.from({ length: GRID }, (_, i) => LOWEST * (HIGHEST / LOWEST) ** (i / (GRID - 1)));
    const heights = steps.map((tau) => at(tau).height);
    const best = heights.indexOf(Math.max(...heights));
    let low = steps[Math.max(best - 1, 0)], high = steps[Math.min(best + 1, GRID - 1)];
    if (at(low).byTau <= 0) return 0;
    for (let i = 0; i < HALVINGS; i += 1) {
      const middle = (low + high) / 2;
      if (at(middle).byTau > 0) low = middle; else high = middle;
    }
    return (low + high) / 2;
  };

  // A pooled result of the two-step model with the estimate, interval and variance of the one-stage model in their place.
  const inOneStage = (twoStep, counts, v, rule, quantiles) => {
    const tau = between(counts, rule), mu = bestMean(tau, counts, rule), found = average(mu, tau, counts, rule);
    const lost = tau ? found.infoBoth ** 2 / found.infoTau : 0;
    const se = 1 / Math.sqrt(found.infoMu - lost), quantile = quantiles.t[counts.length - 2];
    const far = quantile * Math.sqrt(tau ** 2 + se ** 2), predicted = counts.length > 2;
    return {
      ...twoStep, y: mu, se, low: mu - quantile * se, high: mu + quantile * se, tau2: tau ** 2,
      i2: 100 * tau ** 2 / (tau ** 2 + typicalVariance(v)), guarded: false,
      pi_low: predicted ? mu - far : null, pi_high: predicted ? mu + far : null,
    };
  };
  return { inOneStage };
})();
