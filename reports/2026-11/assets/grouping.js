// Comparable findings: strands by kind of evidence, groups by outcome, one voice for each sample, and averages of groups,
// as synthesis/grouping.py and synthesis/described.py make them. A case is what `reanalysis.inputs` put into the page.
"use strict";
window.Evidence = window.Evidence ?? {};
Evidence.grouping = (() => {
  const SHARE = "proportion", REVIEWS = "reviews and guidelines by others", SYSTEM = "same system";
  const OURS = { method: "REML", interval: "hk", shares: "logit", voice: "the largest report", anyway: false, matters: 1 };
  const { sum } = Evidence.pooling;
  const unique = (values) => [...new Set(values)];
  const gather = (items, name) => {
    const found = new Map();
    for (const item of items) found.set(name(item), [...(found.get(name(item)) ?? []), item]);
    return found;
  };
  const known = (value) => value !== null;
  const study = (made, finding) => made.studies[finding.study];
  const speaking = (findings) => findings.filter((finding) => finding.speaks);
  const heard = (findings) => (findings.some((finding) => finding.speaks) ? speaking(findings) : findings);
  const size = (made, finding) => finding.denominator || study(made, finding).n || 0;
  const hasNumber = ({ value, low, high }) => known(value) || known(low) || known(high);
  const least = (findings, rank) => findings.reduce((a, b) => (b.ranks[rank] < a.ranks[rank] ? b : a));

  const voices = (made, findings, choices) => [...gather(heard(findings), (f) => study(made, f).sample).values()].map((found) => {
    if (!study(made, found[0]).system) return least(found, choices.voice);
    const most = Math.max(...found.map((finding) => size(made, finding))); // a region is not the system
    return least(found.filter((finding) => size(made, finding) >= made.rules.region * most), SYSTEM);
  });

  // The main outcome first, then numbers before words, shares, most samples, most people.
  const rank = (made, group) => [
    group.outcome !== made.question.main, !group.voices.some(hasNumber), group.measure !== SHARE, -group.voices.length,
    -sum(group.voices.map((voice) => size(made, voice))), group.outcome, group.measure, group.people,
  ];
  const inOrder = (a, b) => {
    const place = a.findIndex((item, i) => item !== b[i]);
    return place < 0 ? 0 : a[place] < b[place] ? -1 : 1;
  };
  const groups = (made, findings, choices) => {
    const key = (f) => JSON.stringify([f.outcome, f.measure, study(made, f).people]);
    const all = [...gather(findings, key).values()];
    const may = all.filter((found) => speaking(found).length);
    return (may.length ? may : all)
      .map((found) => ({ outcome: found[0].outcome, measure: found[0].measure, people: study(made, found[0]).people,
        voices: voices(made, found, choices) }))
      .sort((a, b) => inOrder(rank(made, a), rank(made, b)));
  };

  const directions = (made, findings) => {
    const ways = { yes: 0, no: 0, both: 0, unclear: 0 };
    for (const found of gather(speaking(findings), (f) => study(made, f).sample).values()) {
      const pointing = unique(found.map((f) => f.answers).filter((way) => way === "yes" || way === "no"));
      ways[pointing.length > 1 ? "both" : pointing[0] ?? "unclear"] += 1;
    }
    const pointing = ways.yes + ways.no + ways.both;
    return {
      ...ways, pointing, minority: pointing ? (Math.min(ways.yes, ways.no) + ways.both / 2) / pointing : 0,
      lean: ways.yes > ways.no ? "yes" : ways.no > ways.yes ? "no" : "neither",
    };
  };

  const whyNot = (made, group, effects, anyway) => {
    const studies = group.voices.map((voice) => study(made, voice)), count = studies.length;
    if (studies.some((item) => item.strand === REVIEWS)) return "reviews share their trials, and an average would count these again";
    if (count < (anyway ? 2 : made.rules.pooled)) return count === 1 ? "only one sample" : `only ${count} independent samples`;
    if (effects.some((item) => !item)) return "some samples give neither counts nor an interval";
    return anyway ? "" : unlike(group, studies);
  };
  const unlike = (group, studies) => {
    if (studies.some((item) => item.survey && !item.chance)) {
      return "the samples were recruited in unlike ways, not drawn by chance";
    }
    return studies.some((item) => !item.survey && (group.measure === SHARE || group.measure === "mean"))
      ? "the samples are series of unlike cases, not drawn from one population" : "";
  };
  const ends = ({ value, low, high }) => (known(value) ? [value] : [low, high].filter(known));

  const summarise = (made, group, choices) => {
    const effects = group.voices.map((voice) => voice.effects[choices.shares]);
    const reason = whyNot(made, group, effects, choices.anyway);
    if (reason) {
      const values = group.voices.flatMap(ends);
      const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [null, null];
      return { k: group.voices.length, low, high, reason };
    }
    const y = effects.map(([item]) => item), v = effects.map(([, item]) => item);
    const twoStep = Evidence.pooling.pool(y, v, choices.method, choices.interval, made.quantiles);
    const asOurs = ["method", "interval", "shares"].every((name) => choices[name] === OURS[name]);
    const counts = group.voices.map((voice) => [voice.events, voice.denominator]);
    const events = sum(counts.map(([x]) => x)), people = sum(counts.map(([, n]) => n));
    const oneStage = asOurs && group.measure === SHARE && counts.flat().every(known) && events > 0 && events < people;
    const pooled = oneStage ? Evidence.shares.inOneStage(twoStep, counts, v, made.rules, made.quantiles) : twoStep;
    return { ...pooled, scale: effects[0][2] };
  };
  return { OURS, REVIEWS, SHARE, directions, gather, groups, heard, known, size, speaking, study, summarise, unique };
})();
