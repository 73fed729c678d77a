// The panel in which a reader weighs a question again: controls, the state in the address, and what the rules then say.
// The rules are in pooling.js, shares.js, grouping.js and weighing.js; this file asks them and draws.
"use strict";
(() => {
  const place = document.getElementById("weighing");
  const source = document.getElementById("weighing-data");
  if (!place || !source) return;
  const made = JSON.parse(source.textContent);
  const { OURS, REVIEWS } = Evidence.grouping;
  const { weigh, informationSize, seenHarm } = Evidence.weighing;
  const phone = matchMedia("(max-width: 47.99rem)").matches;
  const MARK = "#weigh?";
  const edition = weigh(made);
  const summaries = (found) => found.strands.flatMap((strand) => strand.groups.map((group) => group.summary));
  const poolable = summaries(weigh(made, { anyway: true })).some((item) => "y" in item);
  const averaged = summaries(edition).some((item) => "y" in item);
  const shares = made.findings.some((finding) => finding.effects.arcsine?.[2] === "arcsine");
  const samples = made.studies.map((study) => study.sample);
  const shared = new Set(samples).size < samples.length;
  const sized = made.question.kind === "effect" && made.studies.some((study) => study.strand !== REVIEWS); // reviews lose no step for few people

  // --- what can be chosen, and whether it can change anything here --------------------------------------------------
  const METHODS = {
    REML: "restricted maximum likelihood (REML)", ML: "maximum likelihood (ML)", PM: "Paule and Mandel (PM)",
    DL: "DerSimonian and Laird (DL)", SJ: "Sidik and Jonkman (SJ)", HE: "Hedges (HE)", HS: "Hunter and Schmidt (HS)",
    CE: "none: a common effect",
  };
  const INTERVALS = {
    hk: "Knapp and Hartung, never narrower than Wald", "hk-plain": "Knapp and Hartung", wald: "Wald (normal)",
  };
  const CHOICES = [
    { name: "anyway", label: "Average", show: poolable && !averaged,
      options: { false: "where this edition does", true: "wherever two numbers allow it" } },
    { name: "method", label: "Variance between studies by", show: poolable, options: METHODS },
    { name: "interval", label: "Interval", show: poolable, options: INTERVALS },
    { name: "shares", label: "Combine shares on the", show: poolable && shares,
      options: { logit: "logit scale", arcsine: "arcsine scale" } },
    { name: "voice", label: "For people in several reports speaks", show: shared,
      options: Object.fromEntries(["the largest report", "the first report", "the newest report"].map((name) => [name, name])) },
    { name: "matters", label: "Difference that matters", show: sized,
      options: { 0.5: "half as large", 0.75: "three quarters as large", 1: "as in the edition", 1.5: "one and a half times as large", 2: "twice as large" } },
  ].filter((choice) => choice.show);
  const parse = { anyway: (text) => text === "true", matters: Number };
  const typed = (name, text) => (parse[name] ?? String)(text);

  // --- state and address --------------------------------------------------------------------------------------------
  const fresh = () => ({ without: [], strangers: [] });
  const fromAddress = () => {
    const state = fresh();
    if (!location.hash.startsWith(MARK)) return state;
    const asked = new URLSearchParams(location.hash.slice(MARK.length));
    const names = (asked.get("without") ?? "").split(",").filter(Boolean);
    state.without = names.filter((name) => made.studies.some((study) => study.study === name));
    state.strangers = names.filter((name) => !state.without.includes(name));
    for (const [name, told] of asked) {
      const choice = CHOICES.find((item) => item.name === name);
      if (choice && Object.hasOwn(choice.options, told)) state[name] = typed(name, told);
      else if (name !== "without") state.strangers.push(`${name}=${told}`);
    }
    return state;
  };
  const toAddress = (state) => {
    const told = new URLSearchParams();
    if (state.without.length) told.set("without", state.without.join(","));
    for (const { name } of CHOICES) if (name in state && state[name] !== OURS[name]) told.set(name, state[name]);
    const text = told.toString().replace(/%2C/g, ",");
    return text ? MARK + text : "";
  };
  let state = fromAddress();
  const move = (change) => {
    state = { ...state, ...change, strangers: [] };
    history.replaceState(null, "", toAddress(state) || location.pathname + location.search);
    draw();
  };

  // --- words ----------------------------------------------------------------------------------------------------------
  const make = (tag, options = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), options);
    node.append(...children);
    return node;
  };
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const BACK = { logit: (y) => 100 / (1 + Math.exp(-y)), arcsine: (y) => 100 * Math.sin(Math.min(Math.max(y, 0), Math.PI / 2)) ** 2, log: Math.exp };
  const amount = (value, unit) => {
    const number = Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
    return unit === "%" ? `${number}%` : ["", "ratio", "count", "number"].includes(unit) ? number : `${number} ${unit}`;
  };
  const chip = (name) => make("span", { className: `chip ${name.toLowerCase()}`, textContent: name });
  const certaintyOf = (found) => found.strands.find((strand) => strand.name === found.deciding)?.certainty ?? null;
  const level = (found) => {
    const at = certaintyOf(found);
    if (!at) return make("span", { className: "level", textContent: "no direct evidence" });
    const dots = make("span", { textContent: "●".repeat(at.level + 1) + "○".repeat(3 - at.level) });
    dots.setAttribute("aria-hidden", "true");
    return make("span", { className: "level" }, dots, ` ${made.rules.levels[at.level]} certainty`);
  };
  const pointing = (found) => ({ yes: "points to yes", no: "points to no", neither: "points nowhere" }[found.lean] ?? "");
  const inShort = (found) => [chip(found.verdict), " ", level(found), ` ${pointing(found)}`];
  const told = ({ unit }, summary) => {
    if (!("y" in summary)) {
      const range = summary.low === null ? "in words only"
        : summary.low === summary.high ? amount(summary.low, unit) : `${amount(summary.low, unit)} to ${amount(summary.high, unit)}`;
      return `${range}; not averaged: ${summary.reason}`;
    }
    const back = BACK[summary.scale] ?? ((y) => y);
    const ends = (low, high) => `${amount(back(low), unit)} to ${amount(back(high), unit)}`;
    const predicted = summary.pi_low === null ? "" : `; 95% prediction interval ${ends(summary.pi_low, summary.pi_high)}`;
    return `${amount(back(summary.y), unit)} on average (95% CI ${ends(summary.low, summary.high)}${predicted}); `
      + `tau² ${Number(summary.tau2.toPrecision(3))}, I² ${Math.round(summary.i2)}%`;
  };
  const matters = () => {
    const times = state.matters ?? OURS.matters;
    if (made.question.harm) return `A harm of ${made.rules.harm * times} in 100, which ${seenHarm(made.rules, times)} people are enough to see.`;
    const measured = Object.values(made.outcomes).filter((item) => Object.values(item.sizes).some((steps) => steps.length));
    const named = measured.map((item) => {
      const steps = Object.values(item.sizes).find((found) => found.length).map((step) => amount(step * times, ""));
      return ` ${item.name}: small, moderate, large from ${steps.join(", ")}.`;
    });
    return `A difference of ${made.rules.medium * times} standard deviations, which ${informationSize(made.rules, times)} people `
      + `are enough to see.${named.join("")}`;
  };

  // --- controls ---------------------------------------------------------------------------------------------------------
  const boxes = new Map();
  const strandList = (name) => {
    const members = made.studies.filter((study) => study.strand === name);
    const items = members.map((study) => {
      const box = make("input", { type: "checkbox", checked: true });
      boxes.set(study.study, box);
      box.addEventListener("change", () => move({ without: [...boxes].filter(([, one]) => !one.checked).map(([key]) => key) }));
      const size = study.n ? ` (n = ${study.n.toLocaleString("en")})` : "";
      return make("li", {}, make("label", {}, box, ` ${study.label}${size}`));
    });
    return make("fieldset", {}, make("legend", { textContent: capital(name) }), make("ul", {}, ...items));
  };
  const kinds = edition.strands.map((strand) => strand.name);
  const selects = CHOICES.map(({ name, label, options }) => {
    const select = make("select", { name }, ...Object.entries(options).map(([value, textContent]) => make("option", { value, textContent })));
    select.addEventListener("change", () => move({ [name]: typed(name, select.value) }));
    return make("label", {}, `${label} `, select);
  });
  const size = make("p", { className: "help" });
  const undo = make("button", { type: "button", textContent: "Back to the answer of the edition" });
  undo.addEventListener("click", () => move({ ...fresh(), ...OURS }));
  const address = make("a", { textContent: "Link to this weighing" });
  const form = make("form", { className: "filters" },
    make("details", { open: !phone },
      make("summary", { textContent: `Reports (${made.studies.length})` }), make("div", { className: "reports" }, ...kinds.map(strandList))),
    make("div", { className: "fields" }, ...selects), ...(sized ? [size] : []),
    ...(poolable ? [] : [make("p", { className: "help", textContent: "Nothing here can be averaged, so there is no estimator to choose." })]));
  form.addEventListener("submit", (event) => event.preventDefault());

  // --- what the rules then say ----------------------------------------------------------------------------------------------
  const status = make("div", { className: "verdict-box" });
  status.setAttribute("role", "status");
  const more = make("div");
  const reasons = (found) => {
    const at = certaintyOf(found);
    if (!at) return "";
    const before = new Set((certaintyOf(edition)?.concerns ?? []).map((item) => item.join("|")));
    const items = at.concerns.filter(([, steps]) => steps).map((item) => make("li", {},
      `−${item[1]} ${item[0]}: ${item[2]}`, before.has(item.join("|")) ? "" : make("strong", { textContent: " (not so in the edition)" })));
    return make("div", {}, make("p", { textContent: `${capital(found.deciding)} start at ${made.rules.levels[at.start]} for this kind of question.` }),
      make("ul", {}, ...items));
  };
  const numbers = (found) => {
    const all = found.strands.flatMap((strand) => strand.groups).filter(({ summary }) => summary.low !== null);
    const alone = all.filter(({ summary }) => summary.k === 1).length;
    const rest = alone ? [make("p", { className: "help", textContent: `And ${plural(alone, "outcome")} of one sample each, as told above.` })] : [];
    const rows = found.strands.flatMap((strand) => strand.groups.filter((group) => all.includes(group) && group.summary.k > 1).map((group) => {
      const outcome = made.outcomes[group.outcome], people = group.people ? ` (${group.people})` : "";
      const cells = [`${outcome.name}${people}`, capital(strand.name), String(group.summary.k), told(outcome, group.summary)];
      const labels = ["Outcome", "Kind of evidence", "Samples", "Result"];
      return make("tr", {}, ...cells.map((textContent, i) => {
        const cell = make(i ? "td" : "th", { textContent });
        if (!i) cell.scope = "row";
        cell.dataset.label = labels[i];
        return cell;
      }));
    }));
    if (!rows.length) return rest.length ? rest[0] : "";
    const head = make("tr", {}, ...["Outcome", "Kind of evidence", "Samples", "Result"].map((textContent) => make("th", { textContent, scope: "col" })));
    return make("details", { open: numbersOpen },
      make("summary", { textContent: `Numbers of ${plural(rows.length, "outcome")} with several samples` }),
      make("table", { className: "cards" }, make("caption", { className: "hidden", textContent: "Numbers under these choices" }),
        make("thead", {}, head), make("tbody", {}, ...rows)), ...rest);
  };
  let numbersOpen = !phone;
  function draw() {
    const { strangers, ...asked } = state;
    const found = weigh(made, asked);
    const same = found.computed === edition.computed && found.lean === edition.lean && found.deciding === edition.deciding
      && certaintyOf(found)?.level === certaintyOf(edition)?.level;
    for (const [name, box] of boxes) box.checked = !state.without.includes(name);
    for (const label of selects) {
      const select = label.lastChild;
      select.value = String(state[select.name] ?? OURS[select.name]);
    }
    size.textContent = matters();
    numbersOpen = more.querySelector("details")?.open ?? !phone;
    const overruled = found.verdict !== found.computed ? ` Set in writing; the rule computes ${found.computed}.` : "";
    status.replaceChildren(
      make("p", {}, ...inShort(found)),
      make("p", { className: "help" }, `Decided by ${found.deciding ?? "nothing"}, because ${found.rule}.${overruled} `,
        ...(same ? ["The same as in the edition."] : ["In the edition: ", ...inShort(edition), edition.deciding === found.deciding ? "." : `, decided by ${edition.deciding ?? "nothing"}.`])),
      ...(strangers.length ? [make("p", { className: "help", textContent: `The link names what this page does not hold: ${strangers.join(", ")}.` })] : []));
    more.replaceChildren(...[reasons(found), numbers(found)].filter(Boolean));
    const here = toAddress(state);
    address.href = here || "#weigh";
    undo.hidden = !here;
  }
  place.replaceChildren(form, status, make("p", {}, address, " ", undo), more);
  window.addEventListener("hashchange", () => {
    if (!location.hash.startsWith(MARK)) return;
    state = fromAddress();
    draw();
  });
  draw();
  // The browser looks for the address as an anchor, finds none, and stays at the top: this comes after it.
  const scroll = () => setTimeout(() => document.getElementById("weigh").scrollIntoView());
  if (location.hash.startsWith(MARK)) {
    if (document.readyState === "complete") scroll(); else window.addEventListener("load", scroll);
  }
})();
