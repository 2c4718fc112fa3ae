/* Looking around a point: drag turns, shift or right button shifts, wheel and pinch zoom, arrow keys turn, + and - zoom, 0 resets. */

class Orbit {
  /** onChange is called after every change of the camera. */
  constructor(camera, canvas, onChange) {
    Object.assign(this, {
      camera, canvas, onChange, pointers: new Map(), target: new THREE.Vector3(), azimuth: 0, elevation: 0, distance: 4 });
    this.home = { target: new THREE.Vector3(0, 1, 0), distance: 4 };
    this.carried = new THREE.Vector3();
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"])
      canvas.addEventListener(name, (event) => this.release(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  get dragging() {
    return this.pointers.size > 0;
  }

  /** A box that fits the view from any side. */
  frame(box) {
    this.size = box.getSize(new THREE.Vector3());
    box.getCenter(this.home.target);
  }

  /** Go along with what is looked at, which has come this far from where the box was taken. */
  carry(way) {
    this.target.add(way).sub(this.carried);
    this.carried.copy(way);
    this.update();
  }

  /** Distance from which the box fits upright and sideways, with room for the buttons above it. */
  fitDistance() {
    const half = Math.tan(THREE.Math.degToRad(this.camera.fov) / 2), height = this.canvas.clientHeight;
    const width = Math.hypot(this.size.x, this.size.z), room = height / Math.max(height / 2, height - 96);
    return Math.max(room * this.size.y / 2 / half, 1.04 * width / 2 / (half * this.camera.aspect)) + Math.min(this.size.x, this.size.z) / 2;
  }

  look(name) {
    const azimuths = { front: 0, left: Math.PI / 2, back: Math.PI, right: -Math.PI / 2, reset: 0.5 };
    this.azimuth = azimuths[name];
    this.elevation = name === "reset" ? 0.12 : 0;
    this.target = this.home.target.clone().add(this.carried);
    this.distance = this.fitDistance();
    this.update();
  }

  turn(dAzimuth, dElevation) {
    this.azimuth += dAzimuth;
    this.elevation = Math.min(1.5, Math.max(-1.5, this.elevation + dElevation));
    this.update();
  }

  zoom(factor) {
    this.distance = Math.min(20, Math.max(0.15, this.distance * factor));
    this.update();
  }

  /** Shift by screen pixels. */
  shift(dx, dy) {
    const perPixel = 2 * this.distance * Math.tan(THREE.Math.degToRad(this.camera.fov) / 2) / this.canvas.clientHeight;
    const move = new THREE.Vector3(-dx * perPixel, dy * perPixel, 0).applyQuaternion(this.camera.quaternion);
    this.target.add(move);
    this.update();
  }

  update() {
    const flat = Math.cos(this.elevation);
    const direction = new THREE.Vector3(flat * Math.sin(this.azimuth), Math.sin(this.elevation), flat * Math.cos(this.azimuth));
    this.camera.position.copy(this.target).addScaledVector(direction, this.distance);
    this.camera.lookAt(this.target);
    this.onChange();
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.classList.add("dragging");
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    this.canvas.classList.toggle("dragging", this.dragging);
  }

  spread() {
    const [a, b] = [...this.pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  }

  drag(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last)
      return;
    const dx = event.clientX - last.x, dy = event.clientY - last.y;
    const before = this.pointers.size === 2 ? this.spread() : 0;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 2) {
      this.shift(dx / 2, dy / 2);
      this.zoom(before / Math.max(1, this.spread()));
    } else if (event.shiftKey || event.buttons & 2) {
      this.shift(dx, dy);
    } else {
      this.turn(-dx * 0.008, dy * 0.008);
    }
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(0.3, Math.abs(event.deltaY) * 0.002)));
  }

  key(event) {
    const actions = {
      ArrowLeft: () => this.turn(-0.1, 0), ArrowRight: () => this.turn(0.1, 0), ArrowUp: () => this.turn(0, 0.1),
      ArrowDown: () => this.turn(0, -0.1), "+": () => this.zoom(0.85), "=": () => this.zoom(0.85), "-": () => this.zoom(1 / 0.85),
      0: () => this.look("reset"),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    actions[event.key]();
  }
}
