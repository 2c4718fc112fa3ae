/* The 3-D view: light, ground, and the figure that is shown on it. */

/** Pixels between the pointer and a mark that is meant. */
const MARK_REACH = 7;

/** "R" or "L" on the ground. */
function sideMark(text) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const context = canvas.getContext("2d");
  context.font = "bold 44px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = "#ffffff";
  context.fillText(text, 32, 34);
  const mark = new THREE.Sprite(new THREE.SpriteMaterial({ map: new THREE.CanvasTexture(canvas), transparent: true }));
  mark.scale.set(0.13, 0.13, 1);
  return mark;
}

class BodyScene {
  constructor(canvas) {
    this.canvas = canvas;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
    this.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio || 1));
    this.camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 80);
    this.scene = new THREE.Scene();
    this.addLights();
    this.marks = [sideMark("R"), sideMark("L")];
    this.scene.add(...this.marks);
    this.shown = new Set(["bones", "skin", "input"]);
    this.figure = null;
    this.ground = null;
    this.frame = null;
  }

  addLights() {
    const key = new THREE.DirectionalLight(0xffffff, 0.62);
    key.position.set(-1.2, 1.6, 2.2);
    this.camera.add(key);
    this.scene.add(this.camera, new THREE.HemisphereLight(0xffffff, 0x6b6258, 0.62));
  }

  /** Show this figure in place of the one before, on ground that it does not leave: squares of 25 cm. */
  setFigure(figure) {
    if (this.figure)
      this.scene.remove(this.figure.node, this.ground);
    const { followed } = figure;
    figure.followed = false;
    const { min, max } = figure.box();
    figure.followed = followed;
    const size = Math.ceil(2 * Math.max(1, -min.x, max.x, -min.z, max.z));
    this.ground = new THREE.GridHelper(size, 4 * size);
    this.ground.material.vertexColors = THREE.NoColors;
    this.figure = figure;
    this.scene.add(figure.node, this.ground);
    this.applyTheme();
  }

  /** Colours of the theme, from the page's style. */
  applyTheme() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => new THREE.Color(style.getPropertyValue("--scene-" + name).trim());
    this.renderer.setClearColor(colour("back"));
    this.ground.material.color = colour("grid");
    for (const mark of this.marks)
      mark.material.color = new THREE.Color(style.getPropertyValue("--muted").trim());
    this.figure.applyTheme(colour);
    this.draw();
  }

  /** Step or frame of the figure. */
  show(number) {
    this.figure.show(number);
    this.figure.sides().forEach((place, i) => this.marks[i].position.copy(place));
    this.applyLayers();
  }

  setLayer(name, on) {
    if (on)
      this.shown.add(name);
    else
      this.shown.delete(name);
    this.applyLayers();
  }

  applyLayers() {
    this.figure.applyLayers(this.shown);
    this.draw();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight)
      return;
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  /** Draw once before the next picture, however often it is asked for. */
  draw() {
    if (this.frame !== null)
      return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.renderer.render(this.scene, this.camera);
    });
  }

  /** What is under a point of the window: {text, bone}, bone -1 for a mark; null for nothing. */
  thingAt(clientX, clientY) {
    const area = this.canvas.getBoundingClientRect(), x = clientX - area.left, y = clientY - area.top;
    const mark = this.markAt(x, y, area);
    if (mark)
      return { text: mark, bone: -1 };
    if (!this.figure.layers.bones.visible)
      return null;
    const caster = new THREE.Raycaster();
    caster.setFromCamera({ x: 2 * x / area.width - 1, y: 1 - 2 * y / area.height }, this.camera);
    const bone = this.figure.picker.pick(caster.ray);
    return bone < 0 ? null : { text: plainName(this.figure.names[bone]), bone };
  }

  /** Name of the mark that is nearest to a point of the canvas, or "". */
  markAt(x, y, area) {
    let nearest = MARK_REACH, found = "";
    for (const { name, place } of this.figure.marks()) {
      place.project(this.camera);
      const distance = Math.hypot((place.x + 1) / 2 * area.width - x, (1 - place.y) / 2 * area.height - y);
      if (distance < nearest)
        [nearest, found] = [distance, name];
    }
    return found;
  }
}
