/* The page at work: steps, layers, views and theme, which are all kept in the address (#step=3&layers=bones,skin&view=front&theme=dark). */

const LAYERS = [
  { id: "skin", text: "Skin", colour: "skin" },
  { id: "bones", text: "Bones", colour: "bone" },
  { id: "joints", text: "Joint centres", colour: "mark", title: "of the result, carried by their bones" },
  { id: "axes", text: "Joint axes", title: "of the result, carried by their bones: first rotation red, second green, third blue" },
  { id: "input", text: "Input mesh", colour: "input", title: "while the body model is being fitted to it" },
];
const STEPS_PER_SECOND = 8;

const byId = (id) => document.getElementById(id);
const lastStep = facts.steps.length; /* steps count from 1; the last one is the result */
const page = { step: lastStep, view: "reset", timer: null, body: null, curve: null, orbit: null };

/* ---- steps ---- */

function stepText(number) {
  const step = facts.steps[number - 1];
  if (number === lastStep)
    return `Result (step ${number} of ${lastStep})`;
  const cost = step.cost === null ? "" : `, cost ${costText(step.cost)}`;
  return `Step ${number} of ${lastStep}: ${step.stage}, iteration ${step.iteration}${cost}`;
}

function showStep(number) {
  page.step = Math.min(lastStep, Math.max(1, Math.round(number) || lastStep));
  const slider = byId("step"), text = stepText(page.step);
  slider.value = page.step;
  slider.setAttribute("aria-valuetext", text);
  byId("step-text").textContent = text;
  if (page.body)
    page.body.show(facts.steps[page.step - 1]);
  if (page.curve)
    page.curve.draw(page.step - 1);
}

function play(on) {
  clearInterval(page.timer);
  page.timer = null;
  if (on) {
    if (page.step === lastStep)
      showStep(1);
    page.timer = setInterval(() => {
      showStep(page.step + 1);
      if (page.step === lastStep)
        play(false);
    }, 1000 / STEPS_PER_SECOND);
  } else {
    keepAddress();
  }
  const button = byId("play");
  button.textContent = on ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(on));
  /* eight announcements a second help nobody */
  byId("step-text").setAttribute("aria-live", on ? "off" : "polite");
}

/* ---- address ---- */

function keepAddress() {
  const layers = page.body ? LAYERS.map((layer) => layer.id).filter((id) => page.body.shown.has(id)).join(",") : "";
  const parts = [`step=${page.step}`];
  if (page.body)
    parts.push(`layers=${layers}`, `view=${page.view}`);
  parts.push(`theme=${isDark() ? "dark" : "light"}`);
  try {
    history.replaceState(null, "", "#" + parts.join("&"));
  } catch (refused) {
    /* pages without an address of their own (previews) cannot keep it */
  }
}

function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.has("theme"))
    setTheme(wanted.get("theme") === "dark");
  if (page.body && wanted.has("layers")) {
    const on = wanted.get("layers").split(",");
    for (const { id } of LAYERS)
      toggleLayer(id, on.includes(id));
  }
  if (page.body && byId("views").querySelector(`[data-view="${CSS.escape(wanted.get("view") || "none")}"]`))
    look(wanted.get("view"));
  if (wanted.has("step"))
    showStep(Number(wanted.get("step")));
}

/* ---- theme, layers, views ---- */

function isDark() {
  return document.documentElement.classList.contains("dark");
}

function setTheme(dark) {
  document.documentElement.classList.toggle("dark", dark);
  byId("theme").setAttribute("aria-pressed", String(dark));
  if (page.body)
    page.body.applyTheme();
}

function toggleLayer(id, on) {
  page.body.setLayer(id, on);
  const box = byId("layer-" + id);
  if (box)
    box.checked = on;
}

function look(view) {
  page.view = view;
  page.orbit.look(view);
}

function addLayerBoxes() {
  for (const { id, text, colour, title } of LAYERS) {
    if (id === "axes" && !facts.joints.some((joint) => joint.axes.length) || id === "joints" && !facts.joints.length ||
      id === "input" && !facts.steps.some((step) => step.skin !== 0 && !step.lying))
      continue;
    const label = document.createElement("label"), box = document.createElement("input"), swatch = document.createElement("span");
    Object.assign(box, { type: "checkbox", id: "layer-" + id, checked: page.body.shown.has(id) });
    box.addEventListener("change", () => {
      toggleLayer(id, box.checked);
      keepAddress();
    });
    label.title = title || "";
    swatch.className = "swatch";
    swatch.style.background = colour ? `var(--scene-${colour})` : "linear-gradient(90deg, #d8483e 33%, #3d9a50 33% 66%, #3f78d8 66%)";
    label.append(box, swatch, text);
    byId("layers").append(label);
  }
}

/* ---- name of the bone under the pointer ---- */

function labelBones(canvas) {
  const label = byId("bone-label");
  let waiting = null;
  const hide = () => {
    label.hidden = true;
    page.body.highlight(-1);
  };
  const point = () => {
    const event = waiting;
    waiting = null;
    const bone = page.orbit.dragging ? -1 : page.body.boneAt(event.clientX, event.clientY);
    if (bone < 0)
      return hide();
    const area = canvas.getBoundingClientRect();
    label.textContent = plainName(facts.bones[bone]);
    label.style.left = `${event.clientX - area.left}px`;
    label.style.top = `${event.clientY - area.top}px`;
    label.hidden = false;
    page.body.highlight(bone);
  };
  canvas.addEventListener("pointermove", (event) => {
    if (waiting === null)
      requestAnimationFrame(point);
    waiting = event;
  });
  canvas.addEventListener("pointerleave", hide);
}

/* ---- start ---- */

function startScene() {
  const canvas = byId("canvas");
  try {
    page.body = new BodyScene(canvas);
  } catch (noWebGL) {
    canvas.hidden = byId("views").hidden = byId("layers").hidden = true;
    byId("no-webgl").hidden = false;
    return;
  }
  page.orbit = new Orbit(page.body.camera, canvas, () => page.body.draw());
  page.body.resize();
  page.body.step = facts.steps[lastStep - 1];
  page.orbit.frame(page.body.box());
  look("reset");
  addLayerBoxes();
  labelBones(canvas);
  for (const button of byId("views").children)
    button.addEventListener("click", () => {
      look(button.dataset.view);
      keepAddress();
    });
  new ResizeObserver(() => page.body.resize()).observe(canvas);
}

function startTimeline() {
  if (lastStep < 2)
    return;
  byId("timeline").hidden = false;
  page.curve = new CostCurve(byId("curve"), (index) => {
    showStep(index + 1);
    keepAddress();
  });
  const slider = byId("step");
  slider.max = lastStep;
  slider.addEventListener("input", () => {
    play(false);
    showStep(Number(slider.value));
  });
  slider.addEventListener("change", keepAddress);
  byId("play").addEventListener("click", () => play(page.timer === null));
  new ResizeObserver(() => page.curve.draw(page.step - 1)).observe(byId("curve"));
}

fillHeader();
fillGates();
fillSegments();
fillAngles();
startTimeline();
startScene();
setTheme(matchMedia("(prefers-color-scheme: dark)").matches);
byId("theme").addEventListener("click", () => {
  setTheme(!isDark());
  keepAddress();
});
showStep(lastStep);
readAddress();
addEventListener("hashchange", readAddress);
