/* Joint angles over time: one plot for each coordinate, right and left in it, the range of motion as a band, a cursor at the frame
 * shown. */

/** Coordinates by region of the body, in this order; the first pattern that fits. */
const REGIONS = [
  ["Hip", /^hip_/], ["Knee", /^knee_/], ["Ankle and foot", /^(ankle|subtalar|mtp)_/], ["Trunk", /^(lumbar|thorax)_/],
  ["Neck and head", /^(neck|head)_/],
  ["Shoulder girdle", /^(clavicle|scapula)_/], ["Shoulder", /^arm_/], ["Elbow and forearm", /^(elbow|pro_sup)/], ["Wrist", /^wrist_/],
  ["Pelvis in space", /^pelvis_/], ["Other", /^/],
];

/** Names that are abbreviations; positive values are the first movement named. */
const COORDINATE_WORDS = {
  knee_angle: "knee flexion", ankle_angle: "ankle dorsiflexion", subtalar_angle: "subtalar inversion", mtp_angle: "toe extension",
  arm_flex: "arm flexion", arm_add: "arm adduction", arm_rot: "arm rotation", elbow_flex: "elbow flexion", pro_sup: "forearm pronation",
  wrist_flex: "wrist flexion", wrist_dev: "wrist deviation", pelvis_tx: "forwards", pelvis_ty: "up", pelvis_tz: "to the right",
};

const coordinateName = (name) => COORDINATE_WORDS[name] || plainName(name);

/** 1, 2 or 5 times a power of ten, so that at most n of them fit into span. */
function niceStep(span, n) {
  const rough = span / n, power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}

/** Multiples of a step within limits. */
function ticks(low, high, n) {
  const step = niceStep(high - low || 1, n), found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(i * step);
  return found;
}

class AnglePlot {
  /** row: {name, right, left, middle} of coordinates with their number */
  constructor(row, onPick) {
    this.row = row;
    this.sides = ["right", "left", "middle"].filter((side) => row[side]);
    const first = row[this.sides[0]];
    this.unit = first.translation ? " m" : "°";
    this.factor = first.translation ? 1 : DEGREES;
    this.digits = first.translation ? 3 : 1;
    this.values = Object.fromEntries(this.sides.map((side) => [side, this.read(row[side].number)]));
    this.ranges = this.bands();
    this.build(onPick);
  }

  read(number) {
    return Float32Array.from({ length: motion.frames }, (_, frame) => motion.q[frame * motion.nDofs + number] * this.factor);
  }

  /** Ranges of motion of the sides, once where they are the same; none of coordinates without limits. */
  bands() {
    const found = this.sides.map((side) => [this.row[side].lower, this.row[side].upper]).filter((range) => !range.includes(null));
    const different = found.filter(([low, high], i) => found.findIndex((other) => other[0] === low && other[1] === high) === i);
    return different.map((range) => range.map((value) => value * this.factor));
  }

  build(onPick) {
    this.element = document.createElement("figure");
    this.element.className = "plot";
    const caption = document.createElement("figcaption"), name = document.createElement("span");
    name.textContent = coordinateName(this.row.name);
    name.title = this.sides.map((side) => this.row[side].name).join(", ");
    caption.append(name);
    this.readouts = this.sides.map((side) => {
      const readout = document.createElement("span");
      readout.className = "readout " + side;
      caption.append(readout);
      return readout;
    });
    this.svg = svgElement("svg", { role: "img" });
    this.element.append(caption, this.svg);
    const pick = (event) => {
      const x = event.clientX - this.svg.getBoundingClientRect().left;
      onPick((x - this.left) / (this.right - this.left));
    };
    this.svg.addEventListener("pointerdown", (event) => {
      pick(event);
      this.svg.setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", (event) => event.buttons && pick(event));
  }

  /** Lowest and highest value of all sides. */
  extent() {
    let low = Infinity, high = -Infinity;
    for (const values of Object.values(this.values))
      for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    return [low, high];
  }

  /** close: only what the motion takes of the range. */
  limits(close) {
    let [low, high] = this.extent();
    const least = this.unit === "°" ? 10 : 0.05;
    if (!close || !this.ranges.length)
      for (const [lower, upper] of this.ranges) {
        low = Math.min(low, lower);
        high = Math.max(high, upper);
      }
    const middle = (low + high) / 2, half = Math.max(high - low, least) / 2;
    return [middle - 1.08 * half, middle + 1.08 * half];
  }

  draw(close) {
    const width = this.svg.clientWidth, height = this.svg.clientHeight;
    if (!width)
      return;
    Object.assign(this, { left: 38, right: width - 6, top: 4, bottom: height - 16 });
    const [low, high] = this.limits(close), begin = motion.time[0], span = motion.time[motion.frames - 1] - begin || 1;
    this.xOf = (frame) => this.left + (this.right - this.left) * (motion.time[frame] - begin) / span;
    this.yOf = (value) => this.bottom - (this.bottom - this.top) * (value - low) / (high - low);
    const { left, right, top, bottom } = this;
    const parts = [svgElement("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "frame" })];
    for (const [lower, upper] of this.ranges) {
      const y = Math.max(top, this.yOf(upper)), end = Math.min(bottom, this.yOf(lower));
      if (end > y)
        parts.push(svgElement("rect", { x: left, y, width: right - left, height: end - y, class: "band" }));
    }
    for (const tick of ticks(low, high, 4)) {
      const y = this.yOf(tick);
      parts.push(svgElement("line", { x1: left, x2: right, y1: y, y2: y, class: tick === 0 ? "grid zero" : "grid" }),
        svgElement("text", { x: left - 5, y: y + 3.5, class: "y" }, String(Number(tick.toPrecision(4))).replace("-", "−")));
    }
    for (const tick of ticks(begin, begin + span, Math.max(2, width / 90)))
      parts.push(svgElement("text", { x: left + (right - left) * (tick - begin) / span, y: height - 3, class: "x" },
        `${Number(tick.toPrecision(4))} s`));
    for (const side of this.sides)
      parts.push(svgElement("path", { class: "value " + side, d: this.path(this.values[side]) }));
    this.line = svgElement("line", { class: "now", y1: top, y2: bottom });
    this.dots = this.sides.map((side) => svgElement("circle", { class: "now-point " + side, r: 3.6 }));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("aria-label", this.words());
    this.svg.replaceChildren(...parts, this.line, ...this.dots);
  }

  /** Two frames to a pixel at most: of more, the lowest and the highest one. */
  path(values) {
    const block = Math.max(1, Math.floor(values.length / (this.right - this.left)));
    let d = "";
    const add = (frame) => d += `${d ? "L" : "M"}${this.xOf(frame).toFixed(1)} ${this.yOf(values[frame]).toFixed(1)}`;
    for (let begin = 0; begin < values.length; begin += block) {
      let low = begin, high = begin;
      for (let i = begin; i < Math.min(values.length, begin + block); i++) {
        if (values[i] < values[low])
          low = i;
        if (values[i] > values[high])
          high = i;
      }
      add(Math.min(low, high));
      if (low !== high)
        add(Math.max(low, high));
    }
    return d;
  }

  text(value) {
    return value.toFixed(this.digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−") + this.unit;
  }

  /** The plot for those who do not see it. */
  words() {
    const parts = this.sides.map((side) => {
      const values = this.values[side];
      const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
      return `${side === "middle" ? "" : side + " "}${this.text(low)} to ${this.text(high)}`;
    });
    const range = this.ranges.length ? `; range of motion ${this.ranges[0].map((value) => this.text(value)).join(" to ")}` : "";
    return `${coordinateName(this.row.name)} over time: ${parts.join(", ")}${range}`;
  }

  show(frame) {
    this.sides.forEach((side, i) => {
      const value = this.values[side][frame];
      this.readouts[i].textContent = (side === "right" ? "R " : side === "left" ? "L " : "") + this.text(value);
      if (this.dots) {
        this.dots[i].setAttribute("cx", this.xOf(frame));
        this.dots[i].setAttribute("cy", this.yOf(value));
      }
    });
    if (this.line) {
      this.line.setAttribute("x1", this.xOf(frame));
      this.line.setAttribute("x2", this.xOf(frame));
    }
  }
}

class AnglePlots {
  /** onPick(frame) when a plot is clicked or dragged over. */
  constructor(section, onPick) {
    Object.assign(this, { plots: [], close: false, frame: 0 });
    const begin = motion.time[0], span = motion.time[motion.frames - 1] - begin;
    const pick = (share) => onPick(nearestFrame(begin + span * Math.min(1, Math.max(0, share))));
    const rows = pairSides(facts.motion.coordinates.map((c, number) => ({ ...c, number })).filter((c) => !c.follows));
    const list = section.querySelector(".plots");
    for (const [title, pattern] of REGIONS) {
      const found = rows.filter((row) => !row.taken && pattern.test(row.name));
      if (!found.length)
        continue;
      const region = document.createElement("details"), summary = document.createElement("summary");
      region.open = title !== "Pelvis in space";
      summary.textContent = title;
      region.append(summary);
      for (const row of found) {
        row.taken = true;
        const plot = new AnglePlot(row, pick);
        this.plots.push(plot);
        region.append(plot.element);
      }
      region.addEventListener("toggle", () => this.draw());
      list.append(region);
    }
    section.hidden = false;
    new ResizeObserver(() => this.draw()).observe(list);
  }

  draw() {
    for (const plot of this.plots)
      plot.draw(this.close);
    this.show(this.frame);
  }

  show(frame) {
    this.frame = frame;
    for (const plot of this.plots)
      plot.show(frame);
  }

  setClose(close) {
    this.close = close;
    this.draw();
  }
}

/** Frame whose time is nearest. */
function nearestFrame(time) {
  let best = 0;
  for (let i = 1; i < motion.frames; i++)
    if (Math.abs(motion.time[i] - time) < Math.abs(motion.time[best] - time))
      best = i;
  return best;
}
