// Random-effects pooling of one group of estimates, as synthesis/estimators.py and synthesis/pooling.py do it.
// y: estimates, v: sampling variances; tau2: variance between studies; w: weights 1 / (v + tau2).
"use strict";
window.Evidence = window.Evidence ?? {};
Evidence.pooling = (() => {
  const GRID = 96, LOWEST = 1e-7, HIGHEST = 1e4; // where a likelihood is looked at, relative to the largest variance
  const HALVINGS = 60;
  const ROUNDING = 1e-9; // a Knapp-Hartung factor that is one but for rounding needs no guard
  const COMMON = "CE", WALD = "wald", KNAPP_HARTUNG = "hk";

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const weights = (v, tau2) => v.map((item) => 1 / (item + tau2));
  const mean = (y, w) => sum(y.map((value, i) => w[i] * value)) / sum(w);
  const squares = (y, w) => { const middle = mean(y, w); return y.map((value) => (value - middle) ** 2); };
  const weighted = (w, values) => sum(values.map((value, i) => w[i] * value));
  const generalisedQ = (y, v, tau2) => { const w = weights(v, tau2); return weighted(w, squares(y, w)); };
  const equal = (y) => y.map(() => 1);
  const spread = (y) => sum(squares(y, equal(y))) / Math.max(y.length - 1, 1);

  // Where a function that is positive at `low` and not at `high` crosses zero.
  const bisect = (falling, low, high) => {
    for (let step = 0; step < HALVINGS; step += 1) {
      const middle = (low + high) / 2;
      if (falling(middle) > 0) low = middle; else high = middle;
    }
    return (low + high) / 2;
  };

  // The highest point of a likelihood: the best cell of a grid, then bisection of the slope inside it.
  const maximum = (height, slope, y, v) => {
    const scale = Math.max(...v, spread(y));
    const steps = [0, ...Array.from({ length: GRID }, (_, i) => LOWEST * (HIGHEST / LOWEST) ** (i / (GRID - 1)))];
    const heights = steps.map((step) => height(step * scale));
    const best = heights.indexOf(Math.max(...heights));
    const low = steps[Math.max(best - 1, 0)] * scale;
    const high = steps[Math.min(best + 1, GRID)] * scale;
    return slope(low) <= 0 ? low : bisect(slope, low, high);
  };

  const byLikelihood = (y, v, restricted) => {
    const height = (x) => {
      const w = weights(v, x);
      const full = 0.5 * (sum(w.map(Math.log)) - weighted(w, squares(y, w)));
      return restricted ? full - 0.5 * Math.log(sum(w)) : full;
    };
    const slope = (x) => {
      const w = weights(v, x), w2 = w.map((item) => item ** 2);
      const full = 0.5 * (weighted(w2, squares(y, w)) - sum(w));
      return restricted ? full + 0.5 * sum(w2) / sum(w) : full;
    };
    return maximum(height, slope, y, v);
  };

  const METHODS = {
    REML: (y, v) => byLikelihood(y, v, true),
    ML: (y, v) => byLikelihood(y, v, false),
    DL: (y, v) => {
      const w = weights(v, 0), total = sum(w);
      return (generalisedQ(y, v, 0) - (y.length - 1)) / (total - sum(w.map((item) => item ** 2)) / total);
    },
    PM: (y, v) => {
      const excess = (x) => generalisedQ(y, v, x) - (y.length - 1);
      if (excess(0) <= 0) return 0;
      let high = Math.max(...v) + spread(y);
      while (excess(high) > 0) high *= 4;
      return bisect(excess, 0, high);
    },
    SJ: (y, v) => {
      const crude = sum(squares(y, equal(y))) / y.length;
      if (crude <= Number.MIN_VALUE * 2 ** 52) return 0;
      const w = v.map((item) => 1 / (item / crude + 1));
      return weighted(w, squares(y, w)) / (y.length - 1);
    },
    HE: (y, v) => sum(squares(y, equal(y))) / (y.length - 1) - sum(v) / y.length,
    HS: (y, v) => (generalisedQ(y, v, 0) - y.length) / sum(weights(v, 0)),
  };

  // Interval of tau2 by inverting the generalised Q statistic.
  const whereQIs = (target, y, v) => {
    const excess = (x) => generalisedQ(y, v, x) - target;
    if (excess(0) <= 0) return 0;
    let high = Math.max(...v);
    while (excess(high) > 0) high *= 2;
    return bisect(excess, 0, high);
  };

  const typicalVariance = (v) => {
    const w = weights(v, 0);
    return (v.length - 1) * sum(w) / (sum(w) ** 2 - sum(w.map((item) => item ** 2)));
  };

  // Standard error, quantile, and whether the guard was needed.
  const standardError = (y, w, middle, interval, quantiles) => {
    const wald = Math.sqrt(1 / sum(w));
    if (interval === WALD) return [wald, quantiles.z, false];
    const factor = weighted(w, y.map((value) => (value - middle) ** 2)) / (y.length - 1);
    const guarded = interval === KNAPP_HARTUNG && factor < 1 - ROUNDING;
    return [wald * Math.sqrt(guarded ? 1 : factor), quantiles.t[y.length - 2], guarded];
  };

  // The pooled estimate with its intervals, as `pooling.pool` names them; `quantiles` come with the page.
  const pool = (y, v, method, interval, quantiles) => {
    const tau2 = method === COMMON ? 0 : Math.max(METHODS[method](y, v), 0);
    const w = weights(v, tau2), middle = mean(y, w), k = y.length;
    const [se, quantile, guarded] = standardError(y, w, middle, interval, quantiles);
    const predicted = k > 2 && method !== COMMON, far = quantile * Math.sqrt(tau2 + se ** 2);
    const [upper, lower] = quantiles.chi2[k - 2];
    return {
      k, y: middle, se, low: middle - quantile * se, high: middle + quantile * se,
      tau2, tau2_low: whereQIs(upper, y, v), tau2_high: whereQIs(lower, y, v),
      i2: 100 * tau2 / (tau2 + typicalVariance(v)), q: generalisedQ(y, v, 0),
      pi_low: predicted ? middle - far : null, pi_high: predicted ? middle + far : null,
      weights: w.map((item) => 100 * item / sum(w)), guarded,
    };
  };

  return { pool, typicalVariance, sum, METHODS: [...Object.keys(METHODS), COMMON] };
})();
