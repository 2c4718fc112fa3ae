/* Tables in plain words. Text goes in as textContent only, so that names never become markup. */

const VERDICTS = [
  { word: "passed", text: "✓ passed" },
  { word: "warning", text: "! look at it" },
  { word: "failed", text: "✕ failed" },
];

/** What the gates of the program measure. A gate that is not here is shown by its name. */
const GATE_WORDS = {
  registration_rms: "Distance between the body model and the mesh",
  long_edge_share: "Over-stretched edges of the mesh",
  bones_outside_share: "Bone surface outside the skin",
  bones_outside_depth: "Bone farthest outside the skin",
  hip_gap: "Gap between femoral head and hip socket",
  shoulder_gap: "Gap between humeral head and shoulder socket",
  range_of_motion: "Bones beyond the joints' range of motion",
};

const DEGREES = 180 / Math.PI;

/** A value of a gate in units that people read; null is beyond all limits. */
function gateValue(value, unit) {
  if (value === null)
    return "no limit";
  const shown = { m: [1000, " mm"], rad: [DEGREES, "°"], 1: [100, " %"] }[unit] || [1, " " + unit];
  return (value * shown[0]).toFixed(1) + shown[1];
}

function cell(text, className, tag = "td") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className)
    element.className = className;
  if (tag === "th")
    element.scope = "row";
  return element;
}

function addRow(section, ...cells) {
  const row = document.createElement("tr");
  row.append(...cells);
  section.querySelector("tbody").append(row);
  section.hidden = false;
}

/** Of a sequence the worst frame and the mean, of one body what was found. */
function fillGates() {
  const section = document.getElementById("gates");
  const ofSequence = facts.gates.some((gate) => gate.mean !== null);
  const found = (value, unit) => value === null ? "not measurable" : gateValue(value, unit);
  section.querySelector(".found").textContent = ofSequence ? "Worst frame" : "Found";
  for (const gate of facts.gates) {
    const verdict = VERDICTS[gate.level];
    const limit = gate.level === 2 ? gate.fail : gate.warn;
    const measured = cell(found(gate.value, gate.unit), "number");
    if (ofSequence)
      measured.append(cell("mean " + found(gate.mean, gate.unit), "note", "div"));
    addRow(section, cell(GATE_WORDS[gate.name] || plainName(gate.name), "", "th"), measured, cell(gateValue(limit, gate.unit), "number"),
      cell(verdict.text, "verdict " + verdict.word));
  }
  if (!facts.gates.length)
    return;
  if (facts.body && facts.motion)
    document.getElementById("gates-title").textContent = "Quality of the body";
  const worst = VERDICTS[Math.max(...facts.gates.map((gate) => gate.level))];
  const chip = document.getElementById("verdict");
  chip.textContent = worst.text;
  chip.classList.add(worst.word);
}

/** Rows of items whose names end in _r and _l side by side: [name, right or middle, left]. */
function pairSides(items) {
  const rows = new Map();
  for (const item of items) {
    const left = item.name.endsWith("_l"), right = item.name.endsWith("_r");
    const name = left || right ? item.name.slice(0, -2) : item.name;
    if (!rows.has(name))
      rows.set(name, { name, right: null, left: null });
    rows.get(name)[left ? "left" : right ? "right" : "middle"] = item;
  }
  return [...rows.values()];
}

/** Segments whose names in the files are abbreviations. */
const SEGMENT_WORDS = { calcn: "calcaneus" };

function fillSegments() {
  const section = document.getElementById("segments");
  const centimetres = (segment) => segment ? (100 * segment.length).toFixed(1) : "";
  for (const { name, right, left, middle } of pairSides(facts.segments)) {
    const first = cell(SEGMENT_WORDS[name] || plainName(name), "", "th");
    if (middle) {
      const both = cell(centimetres(middle), "number");
      both.colSpan = 2;
      both.classList.add("middle");
      addRow(section, first, both, cell("", "number"));
      continue;
    }
    const difference = right && left ? (1000 * Math.abs(right.length - left.length)).toFixed(1) : "";
    addRow(section, first, cell(centimetres(right), "number"), cell(centimetres(left), "number"), cell(difference, "number"));
  }
}

/** The angle in its range of motion. */
function angleCell(coordinate, nColumns) {
  const element = document.createElement("td");
  element.colSpan = nColumns;
  if (!coordinate)
    return element;
  const { value, lower, upper } = coordinate;
  const low = Math.min(lower, value), span = Math.max(upper, value) - low || 1;
  const x = (angle) => 3 + 66 * (angle - low) / span;
  const svg = svgElement("svg", { viewBox: "0 0 72 14", "aria-hidden": "true" });
  svg.append(svgElement("rect", { class: "range", x: x(lower), y: 4, width: Math.max(1, x(upper) - x(lower)), height: 6, rx: 3 }));
  if (low <= 0 && low + span >= 0)
    svg.append(svgElement("line", { class: "zero", x1: x(0), x2: x(0), y1: 1, y2: 13 }));
  svg.append(svgElement("circle", { class: "mark", cx: x(value), cy: 7, r: 3.6 }));
  const box = document.createElement("div");
  box.className = nColumns > 1 ? "angle middle" : "angle";
  box.title = `${coordinate.name}, range ${Math.round(lower * DEGREES)}° to ${Math.round(upper * DEGREES)}°`;
  const number = document.createElement("span");
  number.textContent = (value * DEGREES).toFixed(1).replace(/^-0\.0$/, "0.0").replace("-", "−") + "°";
  box.append(svg, number);
  element.append(box);
  return element;
}

/** All rotations but those of the first joint, which say where the body faces. Shown in one mode of the page only. */
function fillAngles(coordinates, mode) {
  const section = document.getElementById("angles");
  const bounded = coordinates.filter((c) => !c.translation && c.value !== null && c.joint !== coordinates[0].joint);
  for (const { name, right, left, middle } of pairSides(bounded)) {
    const first = cell(coordinateName(name), "word", "th");
    if (middle)
      addRow(section, first, angleCell(middle, 2));
    else
      addRow(section, first, angleCell(right, 1), angleCell(left, 1));
  }
  if (bounded.length)
    section.dataset.only = mode;
}

/** "200 frames, 6.63 s", and what is left out. */
function lengthText() {
  if (!motion || motion.frames < 2)
    return "";
  const { every } = facts.motion, seconds = motion.time[motion.frames - 1] - motion.time[0];
  return `${motion.frames} frames, ${seconds.toFixed(2)} s` + (every > 1 ? ` (1 of every ${every} frames is shown)` : "");
}

function fillHeader() {
  document.title = facts.name + " – osso_ik report";
  document.getElementById("name").textContent = facts.name;
  const { stature, model } = facts;
  document.getElementById("subject").textContent =
    [model.gender, stature === null ? "" : `${stature.toFixed(2)} m tall`, lengthText()].filter(Boolean).join(", ");
  const licence = model.licence ? ` (licence: ${model.licence})` : "";
  document.getElementById("program").textContent =
    [facts.input && `Made from ${facts.input}`, model.name && `model ${model.name}${licence}`, facts.version && `osso_ik ${facts.version}`]
      .filter(Boolean).join("; ") + ".";
}
