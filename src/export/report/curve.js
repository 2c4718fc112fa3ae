/* Cost over the steps: one panel for each stage, logarithmic, interrupted where a new solve begins. */

function svgElement(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  if (text !== undefined)
    element.textContent = text;
  return element;
}

/** Significant digits, in plain figures where these are short. */
function costText(cost, digits = 4) {
  return cost >= 0.001 && cost < 1e6 ? String(Number(cost.toPrecision(digits))) : cost.toExponential(digits - 1);
}

class CostCurve {
  constructor(svg, onPick) {
    this.svg = svg;
    this.stages = [];
    facts.body.steps.slice(0, -1).forEach((step, index) => {
      const last = this.stages[this.stages.length - 1];
      if (last && last.name === step.stage)
        last.end = index + 1;
      else
        this.stages.push({ name: step.stage, begin: index, end: index + 1 });
    });
    svg.addEventListener("pointerdown", (event) => {
      const index = this.indexAt(event.clientX - svg.getBoundingClientRect().left);
      if (index >= 0)
        onPick(index);
    });
  }

  /** Panels as wide as their stages have steps, but none too narrow for its title. */
  layOut() {
    const width = this.svg.clientWidth, height = this.svg.clientHeight, n = this.stages.length, gap = 14;
    const narrow = Math.min(110, (width - gap * (n - 1)) / n), free = width - gap * (n - 1) - narrow * n;
    const total = this.stages.reduce((sum, stage) => sum + stage.end - stage.begin, 0);
    let x = 0;
    for (const stage of this.stages) {
      stage.width = Math.max(20, narrow + free * (stage.end - stage.begin) / total);
      Object.assign(stage, { x, top: 34, bottom: height - 6 });
      this.scale(stage);
      x += stage.width + gap;
    }
  }

  scale(stage) {
    const costs = facts.body.steps.slice(stage.begin, stage.end).map((step) => step.cost).filter((cost) => cost > 0);
    stage.high = Math.max(...costs);
    stage.low = Math.min(...costs);
    stage.empty = costs.length === 0;
    const inset = 8, span = Math.log(stage.high / stage.low);
    stage.xOf = (index) => stage.x + inset + (stage.width - 2 * inset) * (index - stage.begin) / Math.max(1, stage.end - stage.begin - 1);
    stage.yOf = (cost) => {
      const share = span > 0 ? Math.log(cost / stage.low) / span : 0.5;
      return stage.bottom - inset - (stage.bottom - stage.top - 2 * inset) * share;
    };
  }

  draw(current) {
    this.layOut();
    this.svg.setAttribute("viewBox", `0 0 ${this.svg.clientWidth} ${this.svg.clientHeight}`);
    this.svg.replaceChildren(...this.stages.flatMap((stage) => this.panel(stage)), ...this.marker(current));
  }

  panel(stage) {
    const { x, top, bottom, width } = stage;
    const parts = [
      svgElement("text", { x, y: 12, class: "title" }, stage.name),
      svgElement("rect", { x, y: top, width, height: bottom - top, class: "frame", rx: 4 }),
    ];
    if (stage.empty)
      return [...parts, svgElement("text", { x: x + 8, y: (top + bottom) / 2 + 4 }, "no cost recorded")];
    parts.push(svgElement("path", { class: "cost", d: this.path(stage) }));
    for (let i = stage.begin; i < stage.end; i++)
      if (facts.body.steps[i].cost > 0)
        parts.push(svgElement("circle", { class: "point", cx: stage.xOf(i), cy: stage.yOf(facts.body.steps[i].cost), r: 2 }));
    parts.push(svgElement("text", { x, y: 28 }, width < 110 ? `${costText(stage.low, 2)}–${costText(stage.high, 2)}`
      : `${costText(stage.low)} to ${costText(stage.high)}`));
    return parts;
  }

  path(stage) {
    let d = "", drawn = false;
    for (let i = stage.begin; i < stage.end; i++) {
      const step = facts.body.steps[i];
      if (!(step.cost > 0)) {
        drawn = false;
        continue;
      }
      const goesOn = drawn && step.iteration > facts.body.steps[i - 1].iteration;
      d += `${goesOn ? "L" : "M"}${stage.xOf(i).toFixed(1)} ${stage.yOf(step.cost).toFixed(1)}`;
      drawn = true;
    }
    return d;
  }

  marker(current) {
    const stage = this.stages.find((candidate) => current >= candidate.begin && current < candidate.end);
    if (!stage)
      return [];
    const x = stage.xOf(current), cost = facts.body.steps[current].cost;
    const line = svgElement("line", { class: "now", x1: x, x2: x, y1: stage.top, y2: stage.bottom });
    return cost > 0 ? [line, svgElement("circle", { class: "now-point", cx: x, cy: stage.yOf(cost), r: 4.5 })] : [line];
  }

  /** Step nearest to a horizontal place, -1 between the panels. */
  indexAt(x) {
    const stage = this.stages.find((candidate) => x >= candidate.x && x <= candidate.x + candidate.width);
    if (!stage)
      return -1;
    let best = stage.begin;
    for (let i = stage.begin; i < stage.end; i++)
      if (Math.abs(stage.xOf(i) - x) < Math.abs(stage.xOf(best) - x))
        best = i;
    return best;
  }
}
