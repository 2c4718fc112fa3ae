/*
 * The page at work: steps or frames, layers, views and theme, which are all kept in the address
 * (#mode=body&step=3&layers=bones,skin&view=front&theme=dark; of a motion frame=57, from 1; play=1 starts at once).
 */

const LAYERS = [
  { id: "skin", text: "Skin", colour: "skin" },
  { id: "bones", text: "Bones", colour: "bone" },
  { id: "joints", text: "Joint centres", colour: "mark", title: "carried by their bones" },
  { id: "axes", text: "Joint axes", title: "of the rotations of a joint: first orange, second green, third blue" },
  { id: "markers", text: "Markers", colour: "marker", title: "virtual markers of the rig, on bony landmarks, joint centres and skin" },
  { id: "landmarks", text: "Landmarks", colour: "landmark",
    title: "points of the bones that were placed by the skin of the lying body; in those steps with lines to where they are wanted" },
  { id: "springs", text: "Springs", colour: "spring", title: "pairs of bone and skin that posing kept together" },
  { id: "input", text: "Input mesh", colour: "input", title: "while the body model is being fitted to it" },
];
const STEPS_PER_SECOND = 8;

const byId = (id) => document.getElementById(id);
const page = { mode: null, modes: {}, view: "reset", scene: null, orbit: null, curve: null, plots: null };

/* ---- what is shown over time: steps of a body, frames of a motion ---- */

function stepText(number) {
  const { steps } = facts.body, n = steps.length, step = steps[number];
  if (number === n - 1)
    return `Result (step ${n} of ${n})`;
  const cost = step.cost === null ? "" : `, cost ${costText(step.cost)}`;
  return `Step ${number + 1} of ${n}: ${step.stage}, iteration ${step.iteration}${cost}`;
}

function frameText(number) {
  return `Frame ${number + 1} of ${motion.frames}, ${motion.time[number].toFixed(2)} s`;
}

/** A mode: its times, its words, the key of its place in the address, its figure once there is a view. */
function addMode(id, time, key, text, first, loop) {
  const mode = { id, key, text, figure: null };
  mode.player = new Player({ time, loop, onShow: (number) => showNumber(mode, number), onState: showPlaying });
  mode.player.now = first;
  page.modes[id] = mode;
}

function showNumber(mode, number) {
  const slider = byId("step"), text = mode.text(number);
  slider.value = number + 1;
  slider.setAttribute("aria-valuetext", text);
  byId("step-text").textContent = text;
  if (page.scene) {
    page.scene.show(number);
    page.orbit.carry(mode.figure.way());
  }
  if (page.curve && mode.id === "body")
    page.curve.draw(number);
  if (page.plots && mode.id === "motion")
    page.plots.show(number);
}

function showPlaying(on) {
  const button = byId("play");
  button.textContent = on ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(on));
  /* announcements many times a second help nobody */
  byId("step-text").setAttribute("aria-live", on ? "off" : "polite");
  if (!on)
    keepAddress();
}

function setMode(id) {
  for (const mode of Object.values(page.modes))
    mode.player.stop();
  const mode = page.mode = page.modes[id], several = mode.player.n > 1;
  for (const button of byId("modes").children)
    button.setAttribute("aria-pressed", String(button.dataset.mode === id));
  for (const element of document.querySelectorAll("[data-only]"))
    element.toggleAttribute("hidden", element.dataset.only !== id || element.dataset.needs === "several" && !several);
  byId("timeline").hidden = !several;
  byId("timeline").classList.toggle("compact", id === "motion");
  byId("step").max = mode.player.n;
  byId("step").setAttribute("aria-label", id === "body" ? "Step" : "Frame");
  if (page.scene) {
    page.scene.setFigure(mode.figure);
    mode.player.show(mode.player.now);
    page.orbit.frame(mode.figure.box());
    look(page.view);
    addLayerBoxes();
  } else {
    mode.player.show(mode.player.now);
  }
}

/* ---- address ---- */

function keepAddress() {
  const parts = [`mode=${page.mode.id}`, `${page.mode.key}=${page.mode.player.now + 1}`];
  if (page.scene)
    parts.push(`layers=${LAYERS.map((layer) => layer.id).filter((id) => page.scene.shown.has(id)).join(",")}`, `view=${page.view}`);
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
  if (wanted.get("mode") in page.modes && page.modes[wanted.get("mode")] !== page.mode)
    setMode(wanted.get("mode"));
  if (page.scene && wanted.has("layers")) {
    const on = wanted.get("layers").split(",");
    for (const { id } of LAYERS)
      toggleLayer(id, on.includes(id));
  }
  if (page.scene && byId("views").querySelector(`[data-view="${CSS.escape(wanted.get("view") || "none")}"]`))
    look(wanted.get("view"));
  if (Number(wanted.get(page.mode.key)) > 0)
    page.mode.player.seek(Number(wanted.get(page.mode.key)) - 1);
  if (wanted.has("play"))
    page.mode.player.play();
}

/* ---- theme, layers, views ---- */

function isDark() {
  return document.documentElement.classList.contains("dark");
}

function setTheme(dark) {
  document.documentElement.classList.toggle("dark", dark);
  byId("theme").setAttribute("aria-pressed", String(dark));
  if (page.scene)
    page.scene.applyTheme();
}

function toggleLayer(id, on) {
  page.scene.setLayer(id, on);
  const box = byId("layer-" + id);
  if (box)
    box.checked = on;
}

function look(view) {
  page.view = view;
  page.orbit.look(view);
}

function addLayerBoxes() {
  const list = byId("layers");
  list.querySelectorAll("label").forEach((label) => label.remove());
  for (const { id, text, colour, title } of LAYERS) {
    if (!page.scene.figure.hasEver(id))
      continue;
    const label = document.createElement("label"), box = document.createElement("input"), swatch = document.createElement("span");
    Object.assign(box, { type: "checkbox", id: "layer-" + id, checked: page.scene.shown.has(id) });
    box.addEventListener("change", () => {
      toggleLayer(id, box.checked);
      keepAddress();
    });
    label.title = title || "";
    swatch.className = "swatch";
    swatch.style.background = colour ? `var(--scene-${colour})` : "linear-gradient(90deg, #d55e00 33%, #009e73 33% 66%, #0072b2 66%)";
    label.append(box, swatch, text);
    list.append(label);
  }
}

/* ---- name of the bone or mark under the pointer ---- */

function labelThings(canvas) {
  const label = byId("bone-label");
  let waiting = null;
  const highlight = (bone) => page.scene.figure.highlight(bone) && page.scene.draw();
  const hide = () => {
    label.hidden = true;
    highlight(-1);
  };
  const point = () => {
    const event = waiting;
    waiting = null;
    const thing = page.orbit.dragging ? null : page.scene.thingAt(event.clientX, event.clientY);
    if (!thing)
      return hide();
    const area = canvas.getBoundingClientRect(), x = event.clientX - area.left;
    label.textContent = thing.text;
    label.style.left = `${x}px`;
    label.style.top = `${event.clientY - area.top}px`;
    label.classList.toggle("to-left", x > area.width / 2);
    label.hidden = false;
    highlight(thing.bone);
  };
  canvas.addEventListener("pointermove", (event) => {
    if (waiting === null)
      requestAnimationFrame(point);
    waiting = event;
  });
  canvas.addEventListener("pointerleave", hide);
}

/* ---- start ---- */

function addModes() {
  if (facts.body) {
    const n = facts.body.steps.length;
    addMode("body", Float32Array.from({ length: n }, (_, i) => i / STEPS_PER_SECOND), "step", stepText, n - 1, false);
  }
  if (motion)
    addMode("motion", motion.time, "frame", frameText, 0, true);
  byId("modes").hidden = !(facts.body && motion);
  for (const button of byId("modes").children)
    button.addEventListener("click", () => {
      setMode(button.dataset.mode);
      keepAddress();
    });
}

function startScene() {
  const canvas = byId("canvas");
  try {
    page.scene = new BodyScene(canvas);
  } catch (noWebGL) {
    canvas.hidden = byId("views").hidden = byId("layers").hidden = true;
    byId("no-webgl").hidden = false;
    return;
  }
  page.orbit = new Orbit(page.scene.camera, canvas, () => page.scene.draw());
  page.scene.resize();
  if (page.modes.body)
    page.modes.body.figure = new BodyFigure();
  if (page.modes.motion)
    page.modes.motion.figure = new MotionFigure();
  labelThings(canvas);
  for (const button of byId("views").querySelectorAll("[data-view]"))
    button.addEventListener("click", () => {
      look(button.dataset.view);
      keepAddress();
    });
  byId("follow").addEventListener("click", () => {
    const { figure } = page.modes.motion;
    figure.followed = !figure.followed;
    byId("follow").setAttribute("aria-pressed", String(figure.followed));
    page.orbit.frame(figure.box());
    page.orbit.carry(figure.way());
    look(page.view);
  });
  new ResizeObserver(() => page.scene.resize()).observe(canvas);
}

function startTimeline() {
  const slider = byId("step");
  slider.addEventListener("input", () => page.mode.player.seek(Number(slider.value) - 1));
  slider.addEventListener("change", keepAddress);
  byId("play").addEventListener("click", () => page.mode.player.toggle());
  byId("speed").addEventListener("change", () => {
    page.modes.motion.player.speed = Number(byId("speed").value);
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || page.mode.player.n < 2)
      return;
    if (!(event.target instanceof Element) || event.target.closest("button, select, summary"))
      return;
    const { player } = page.mode;
    const actions = { " ": () => player.toggle(), ",": () => player.seek(player.now - 1), ".": () => player.seek(player.now + 1) };
    if (!actions[event.key] || event.key === " " && event.target.type === "checkbox")
      return;
    event.preventDefault();
    actions[event.key]();
  });
}

function startPlots() {
  const pickWith = (mode) => (number) => {
    page.modes[mode].player.seek(number);
    keepAddress();
  };
  if (facts.body && facts.body.steps.length > 1) {
    page.curve = new CostCurve(byId("curve"), pickWith("body"));
    new ResizeObserver(() => page.mode.id === "body" && page.curve.draw(page.mode.player.now)).observe(byId("curve"));
  }
  if (!motion || motion.frames < 2)
    return;
  page.plots = new AnglePlots(byId("plots"), pickWith("motion"));
  const close = byId("close");
  close.addEventListener("click", () => {
    page.plots.setClose(!page.plots.close);
    close.setAttribute("aria-pressed", String(page.plots.close));
  });
}

/** Values of one posture: the body's, else those of a motion of one frame. */
function postureCoordinates() {
  if (facts.body)
    return facts.body.coordinates;
  return motion.frames === 1 ? facts.motion.coordinates.map((c, i) => ({ ...c, value: motion.q[i] })) : [];
}

addModes();
fillHeader();
fillGates();
fillSegments();
fillAngles(postureCoordinates(), facts.body ? "body" : "motion");
startPlots();
startTimeline();
startScene();
setMode(motion && motion.frames > 1 ? "motion" : facts.body ? "body" : "motion");
setTheme(matchMedia("(prefers-color-scheme: dark)").matches);
byId("theme").addEventListener("click", () => {
  setTheme(!isDark());
  keepAddress();
});
readAddress();
addEventListener("hashchange", readAddress);
