// Certainty and verdict of a question, as synthesis/certainty.py, imprecision.py, answers.py and verdicts.py give them.
// Everything that decides comes with the page: thresholds, starts, orders (`case.rules`).
"use strict";
window.Evidence = window.Evidence ?? {};
Evidence.weighing = (() => {
  const { OURS, REVIEWS, SHARE, directions, gather, groups, heard, known, size, speaking, study, summarise, unique } = Evidence.grouping;
  const { sum } = Evidence.pooling;
  const RANDOMISED = "randomised trials", CASES = "case reports and case series";
  const PROBABILITY = "probability surveys (self-report)", SURVEYS = "surveys of volunteers (self-report)";
  const NAMES = ["very small", "small", "moderate", "large"];

  // --- numbers in words, as Python writes them --------------------------------------------------------------------
  const general = (value, figures = 6) => String(Number(value.toPrecision(figures)));
  const counted = (value) => value.toLocaleString("en-US");
  const whole = (value) => { // halves go to the even number
    const low = Math.floor(value);
    return value - low === 0.5 ? low + (low % 2) : Math.round(value);
  };
  const concern = (domain, steps, because) => ({ domain, steps, because });

  // --- what certainty looks at ------------------------------------------------------------------------------------
  const people = (studies) => sum([...gather(studies, (item) => item.sample).values()]
    .map((found) => Math.max(...found.map((item) => item.n ?? 0))));
  const samples = (studies) => unique(studies.map((item) => item.sample)).length;

  const informationSize = (rules, matters) => 2 * Math.ceil(2 * rules.size ** 2 / (rules.medium * matters) ** 2);
  const seenHarm = (rules, matters) => Math.ceil(rules.three * 100 / (rules.harm * matters));

  const fewPeople = ({ made, choices, studies }) => {
    const { rules, question } = made, all = people(studies), { matters } = choices;
    const wanted = question.harm ? seenHarm(rules, matters) : informationSize(rules, matters);
    const what = question.harm ? `a harm of ${general(rules.harm * matters)} in 100`
      : `a difference of ${general(rules.medium * matters)} standard deviations`;
    const limits = [[rules.hardly, "under a tenth of"], [rules.far, "under a quarter of"], [1, "fewer than"]];
    const place = limits.findIndex(([part]) => all < wanted * part);
    if (place < 0) return null;
    return concern("imprecision", limits.length - place,
      `${counted(all)} ${all === 1 ? "person" : "people"} in all, ${limits[place][1]} the ${wanted} that ${what} needs`);
  };
  const interval = ({ made }, group, summary) => {
    if ("y" in summary) return [summary.low, summary.high];
    const only = group.voices.length === 1 ? group.voices[0].effects[OURS.shares] : null;
    if (!only) return null;
    const half = made.quantiles.z * Math.sqrt(only[1]);
    return [only[0] - half, only[0] + half];
  };
  const wideInterval = (body) => {
    const { made, choices } = body;
    for (const [i, group] of body.groups.entries()) {
      const outcome = made.outcomes[group.outcome], none = outcome.none[group.measure];
      const found = none === null ? null : interval(body, group, body.summaries[i]);
      if (!found) continue;
      const [low, high] = found, steps = outcome.sizes[group.measure].map((step) => step * choices.matters);
      if (!steps.length) {
        return low < none && none < high ? concern("imprecision", 1, "the interval includes no difference") : null;
      }
      const inside = [...steps.map((step) => -step), ...steps].filter((bound) => low < bound && bound < high).length;
      const named = (value) => `${general(value, 3)} (${NAMES[steps.filter((step) => Math.abs(value) >= step).length]})`;
      return inside ? concern("imprecision", Math.min(inside, made.rules.steps),
        `the interval runs from ${named(low)} to ${named(high)}`) : null;
    }
    return null;
  };
  const impreciseEffect = (body) => {
    const found = [wideInterval(body), fewPeople(body)].filter(Boolean);
    return found.length ? found.reduce((a, b) => (b.steps > a.steps ? b : a)) : null;
  };
  const reach = (share, n, z) => {
    const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
    const half = z * Math.sqrt(share * (1 - share) / n + z ** 2 / (4 * n ** 2)) / (1 + z ** 2 / n);
    return 100 * Math.max(share - middle + half, middle + half - share);
  };
  const impreciseShare = ({ made, groups: [group] }) => {
    if (group.measure !== SHARE) return null;
    const best = group.voices.reduce((a, b) => (size(made, b) > size(made, a) ? b : a)), n = size(made, best);
    if (!known(best.value) || !n) return concern("imprecision", 1, "the size of the largest sample was not seen");
    const far = reach(best.value / 100, n, made.quantiles.z);
    const steps = made.rules.wide.filter((limit) => far > limit).length;
    return steps ? concern("imprecision", steps, `the largest sample (${n}) knows the share only to ${whole(far)} points`) : null;
  };

  // --- the other concerns -----------------------------------------------------------------------------------------
  const notOurs = () => concern("appraisal", 0, "the reviews' own appraisals were not repeated here, for which they start low");
  const fewReviews = ({ made, studies }) => (samples(studies) < made.rules.reviews
    ? concern("one review", 1, "it rests on a single review or guideline, whose own appraisal we did not repeat") : null);
  const noComparison = ({ strand }) => {
    if (strand === CASES) return concern("no comparison", 1, "cases reported one by one have no comparison group");
    return strand === SURVEYS || strand === PROBABILITY
      ? concern("self-report", 1, "it rests on what people say about themselves, without a comparison group") : null;
  };
  const riskOfBias = ({ made, studies }) => {
    const judged = studies.map((item) => item.overall || "no information"), all = judged.length;
    const bad = judged.filter((item) => made.rules.bad.includes(item)).length;
    const unknown = judged.filter((item) => made.rules.unanswered.includes(item)).length;
    if ((bad + unknown) / all < made.rules.half) return null;
    const parts = [bad && `${bad} of ${all} at high or serious risk of bias`,
      unknown && `${unknown} of ${all} could not be judged from what was seen, or were not appraised`];
    return concern("risk of bias", 1, parts.filter(Boolean).join("; "));
  };
  const pointApart = ({ made, ways }) => {
    if (ways.pointing < 2 || ways.minority < made.rules.split) return null;
    const both = ways.both ? `, ${ways.both} to both` : "";
    return concern("inconsistency", 1, `samples point apart: ${ways.yes} to yes, ${ways.no} to no${both}`);
  };
  const unreported = ({ made, strand, studies }) => {
    if (strand !== RANDOMISED || !made.overdue.length) return null;
    const planned = sum(made.overdue.map(([, n]) => n));
    return concern("publication bias", planned >= made.rules.half * people(studies) ? 1 : 0,
      `registered and over for a year without results: ${made.overdue.map(([name]) => name).join(", ")} (${planned} people)`);
  };
  const depthSeen = ({ made, strand, depths }) => {
    if (depths.every((depth) => made.rules.parts.includes(depth))) return concern("depth seen", 1, "nothing was seen beyond excerpts");
    return depths.includes("full text") ? null
      : concern("depth seen", strand === RANDOMISED ? 1 : 0, "no report was seen in full text");
  };
  const recruitment = ({ made, studies }) => {
    const all = studies.length, drawn = studies.filter((item) => item.chance).length;
    if (drawn === all) return null;
    if (drawn / all >= made.rules.half) return concern("recruitment", 1, `${all - drawn} of ${all} were not drawn by chance`);
    if (studies.every((item) => item.passive)) {
      return concern("recruitment", 1, "only what was reported or found is counted; nobody knows how many cases were not");
    }
    return concern("recruitment", 2, `${all - drawn} of ${all} were recruited by choice, not by chance, so it is not known whom they stand for`);
  };
  const valuesApart = ({ made, groups: [group] }) => {
    const values = group.voices.map((voice) => voice.value).filter(known);
    if (values.length < 2) return null;
    const low = Math.min(...values), high = Math.max(...values);
    const far = group.measure === SHARE && high - low > made.rules.apart;
    if (!(far || (low > 0 && high / low > made.rules.fold) || (low === 0 && high > 0))) return null;
    return concern("inconsistency", 1, `the samples range from ${general(low)} to ${general(high)}`);
  };
  const oneSample = ({ strand, studies }) => (samples(studies) > 1 ? null
    : concern("one sample", strand === PROBABILITY ? 0 : 1, "it rests on one sample"));
  const chosen = ({ studies }) => (studies.some((item) => item.random) ? null
    : concern("choice of products", 1, "no analysis is known to have drawn its products by chance"));

  // --- roads: where certainty starts, and what lowers it ------------------------------------------------------------
  const HIGH = 3, MODERATE = 2, LOW = 1, VERY_LOW = 0;
  const ROADS = {
    effect: (body) => [body.made.rules.starts[body.strand] ?? VERY_LOW, body.strand === REVIEWS ? [notOurs, fewReviews, pointApart]
      : [noComparison, riskOfBias, pointApart, impreciseEffect, oneSample, unreported, depthSeen]],
    frequency: () => [HIGH, [recruitment, valuesApart, impreciseShare, oneSample, depthSeen]],
    mechanism: (body) => [body.made.rules.starts[body.strand], [pointApart, oneSample, depthSeen]],
    quality: (body) => [MODERATE, [chosen, oneSample,
      (item) => pointApart(item) ?? (body.made.question.directed ? null : valuesApart(item)), depthSeen]],
  };
  const certainty = (body) => {
    const [start, reasons] = ROADS[body.made.question.kind](body);
    const concerns = reasons.map((reason) => reason(body)).filter(Boolean);
    return { level: Math.max(VERY_LOW, start - sum(concerns.map((item) => item.steps))), start, concerns };
  };

  // --- strands, the one that decides, and the verdict --------------------------------------------------------------
  const weighStrand = (made, name, findings, choices) => {
    const { question, rules } = made, counting = !question.directed;
    const grouped = groups(made, findings, choices);
    const seen = heard(findings), ways = directions(made, findings);
    const everyone = unique(seen.map((finding) => finding.study)).map((place) => made.studies[place]);
    const said = counting ? grouped[0].voices : seen;
    const body = {
      made, choices, strand: name, groups: grouped, summaries: grouped.map((group) => summarise(made, group, choices)), ways,
      studies: counting ? said.map((voice) => study(made, voice)) : everyone, depths: unique(said.map((f) => f.depth)),
    };
    const silent = name === REVIEWS && question.directed && !ways.pointing;
    const direct = rules.order.includes(name) && speaking(findings).length > 0 && !silent;
    return { ...body, samples: samples(everyone), people: people(everyone), certainty: direct ? certainty(body) : null };
  };
  const decides = (made, strand, choices) => {
    const { question } = made;
    if (!question.directed) return !question.main || strand.groups[0].outcome === question.main;
    const small = question.harm && strand.people < seenHarm(made.rules, choices.matters);
    return strand.ways.pointing > 0 && !(small && strand.ways.lean === "no");
  };
  const weighStrands = (made, findings, choices) => {
    const found = gather(findings, (finding) => study(made, finding).strand), { order } = made.rules;
    const names = [...order.filter((name) => found.has(name)),
      ...made.rules.strands.filter((name) => found.has(name) && !order.includes(name))];
    const strands = names.map((name) => weighStrand(made, name, found.get(name), choices));
    const direct = strands.filter((strand) => strand.certainty);
    const pointing = direct.filter((strand) => strand.ways.pointing);
    const first = made.question.kind === "mechanism" && pointing.length
      ? pointing.reduce((a, b) => (b.certainty.level > a.certainty.level ? b : a))
      : direct.find((strand) => decides(made, strand, choices)) ?? (pointing.length ? pointing : direct)[0];
    const place = (strand) => (strand === first ? 0 : strand.certainty ? 1 : 2);
    return [...strands].sort((a, b) => place(a) - place(b));
  };
  const judge = (made, deciding) => {
    if (!deciding) return ["UNSTUDIED", "no direct evidence was seen"];
    const { ways, certainty: { level } } = deciding, { directed } = made.question;
    if (directed && !ways.pointing) return ["UNCERTAIN", "no sample points to yes or to no"];
    if (directed && ways.pointing === 1 && ways.both) return ["UNCERTAIN", "the only sample that points somewhere points both ways"];
    if (directed && ways.pointing > 1 && ways.minority >= made.rules.split) {
      return ["CONTESTED", "a third or more of the samples point the other way"];
    }
    if (level >= MODERATE) return ["KNOWN", `certainty is ${made.rules.levels[level]}`];
    return level === LOW ? ["LIKELY", "certainty is low, and the samples agree"] : ["UNCERTAIN", "certainty is very low"];
  };

  // The answer to a case under stated choices, without the studies that are named.
  const weigh = (made, { without = [], ...other } = {}) => {
    const choices = { ...OURS, ...other };
    const left = made.findings.filter((finding) => !without.includes(study(made, finding).study));
    const strands = weighStrands(made, left, choices);
    const deciding = strands[0]?.certainty ? strands[0] : null;
    const [computed, rule] = judge(made, deciding);
    const { override, question } = made;
    const silent = !deciding || !question.directed || computed === "CONTESTED";
    return {
      verdict: override?.expected === computed ? override.chosen : computed, computed, rule,
      lean: silent ? "" : deciding.ways.lean, deciding: deciding?.strand ?? null,
      strands: strands.map((strand) => ({
        name: strand.strand, samples: strand.samples, people: strand.people,
        ways: [strand.ways.yes, strand.ways.no, strand.ways.both, strand.ways.unclear],
        certainty: strand.certainty && { ...strand.certainty,
          concerns: strand.certainty.concerns.map(({ domain, steps, because }) => [domain, steps, because]) },
        groups: strand.groups.map((group, i) => ({ outcome: group.outcome, measure: group.measure, people: group.people,
          voices: group.voices.map((voice) => voice.finding), summary: strand.summaries[i] })),
      })),
    };
  };
  return { weigh, informationSize, seenHarm };
})();
