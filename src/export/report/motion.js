/* The frames of a rig: bones rigid on their bodies, skin blended between them. */

/** Half the time over which the camera's way is smoothed [s]. */
const WAY_SMOOTHING = 0.4;

/** Frames of the motion, read once: also the plots need them. */
function readMotion() {
  if (!facts.motion)
    return null;
  const { coordinates, frames, bodies } = facts.motion;
  return { frames, nDofs: coordinates.length, nBodies: bodies.length, time: readArray("motion-time"), q: readArray("motion-q") };
}
const motion = readMotion();

/** From 9 numbers, row by row. */
function rotationMatrix([a, b, c, d, e, f, g, h, i]) {
  return new THREE.Matrix4().set(a, b, c, 0, d, e, f, 0, g, h, i, 0, 0, 0, 0, 1);
}

class MotionFigure extends Figure {
  constructor() {
    const { bodies, bones } = facts.motion;
    super("motion-", bones, bodies.length);
    this.rotation = readPoints("motion-rotation");
    this.origin = readPoints("motion-origin");
    this.root = readArray("motion-root");
    this.followed = true;
    this.place(0);
    if (arrayElement("motion-skin"))
      this.addMotionSkin();
    this.addJoints();
    this.addMarkers();
    this.smoothWay();
  }

  addMotionSkin() {
    const geometry = meshGeometry(readPoints("motion-skin"), readArray("motion-skin-faces"));
    const index = Uint16Array.from(readArray("motion-skin-body")), weight = Uint8Array.from(readArray("motion-skin-weight"));
    const inverses = this.carriers.map((carrier) => new THREE.Matrix4().getInverse(carrier.matrixWorld));
    for (const mesh of this.addSkin(geometry, true))
      bindMesh(mesh, this.carriers, inverses, index, weight);
  }

  addJoints() {
    const ball = new THREE.SphereBufferGeometry(0.008, 16, 12), rod = new THREE.CylinderBufferGeometry(0.0018, 0.0018, 0.11, 8);
    const rodMaterials = AXIS_COLOURS.map(overlayMaterial);
    this.ballMaterial = overlayMaterial(0xffffff);
    this.addLayer("joints", new THREE.Group());
    this.addLayer("axes", new THREE.Group());
    this.rods = [];
    facts.motion.bodies.forEach((body, i) => {
      const centre = new THREE.Mesh(ball, this.ballMaterial);
      centre.renderOrder = 5;
      this.carry("joints", i, centre, new THREE.Matrix4(), plainName(body.joint) + " joint centre");
      for (let k = 0; k < body.rotations; k++) {
        const mesh = new THREE.Mesh(rod, rodMaterials[k]);
        mesh.renderOrder = 4;
        this.rods.push({ mesh, body: i, turn: k });
        this.layers.axes.add(mesh);
      }
    });
  }

  addMarkers() {
    const ball = new THREE.SphereBufferGeometry(0.007, 12, 8);
    /* drawn after the skin: markers behind the body are hidden by it */
    this.markerMaterial = new THREE.MeshPhongMaterial({ transparent: true, shininess: 40 });
    this.addLayer("markers", new THREE.Group());
    for (const marker of facts.motion.markers) {
      const mesh = new THREE.Mesh(ball, this.markerMaterial);
      mesh.renderOrder = 3;
      this.carry("markers", marker.body, mesh, new THREE.Matrix4().makeTranslation(...marker.at), "marker " + marker.name);
    }
  }

  hasEver(layer) {
    return layer in this.layers && (layer !== "markers" || facts.motion.markers.length > 0);
  }

  hasNow() {
    return true;
  }

  place(frame) {
    const { nBodies } = motion, [x, y, z] = this.root.subarray(3 * frame, 3 * frame + 3);
    this.carriers.forEach((carrier, i) => {
      const at = frame * nBodies + i, m = rigidTransform(this.rotation, 4 * at, this.origin, 3 * at);
      m[3] += x;
      m[7] += y;
      m[11] += z;
      carrier.matrixWorld.set(...m);
    });
  }

  show(frame) {
    this.frame = frame;
    this.place(frame);
    this.moved();
    this.placeRods(frame);
  }

  /** R_parent A Rot(a_1, q_1) ... turns the k-th axis to where it is in this frame. */
  placeRods(frame) {
    const turn = new THREE.Matrix4(), step = new THREE.Matrix4(), direction = new THREE.Vector3(), up = new THREE.Vector3(0, 1, 0);
    for (const { mesh, body, turn: k } of this.rods) {
      const { parent, A, first } = facts.motion.bodies[body];
      if (parent >= 0)
        turn.extractRotation(this.carriers[parent].matrixWorld);
      else
        turn.copy(rotationMatrix(facts.motion.world));
      turn.multiply(rotationMatrix(A));
      for (let i = 0; i <= k; i++) {
        direction.set(...facts.motion.coordinates[first + i].axis);
        if (i < k)
          turn.multiply(step.makeRotationAxis(direction, motion.q[frame * motion.nDofs + first + i]));
      }
      mesh.quaternion.setFromUnitVectors(up, direction.applyMatrix4(turn));
      mesh.position.setFromMatrixPosition(this.carriers[body].matrixWorld);
    }
  }

  /** Way of the root, smoothed, so that the camera goes along and does not sway. */
  smoothWay() {
    const { frames, time } = motion;
    this.ways = new Float32Array(3 * frames);
    for (let i = 0, begin = 0, end = 0, sum = [0, 0]; i < frames; i++) {
      for (; end < frames && time[end] <= time[i] + WAY_SMOOTHING; end++)
        sum = [sum[0] + this.root[3 * end], sum[1] + this.root[3 * end + 2]];
      for (; time[begin] < time[i] - WAY_SMOOTHING; begin++)
        sum = [sum[0] - this.root[3 * begin], sum[1] - this.root[3 * begin + 2]];
      this.ways.set([sum[0] / (end - begin), 0, sum[1] / (end - begin)], 3 * i);
    }
  }

  way() {
    return this.followed ? new THREE.Vector3().fromArray(this.ways, 3 * this.frame) : new THREE.Vector3();
  }

  /** Box around the joint centres of all frames, from the smoothed way when it is followed, with room for the flesh. */
  box() {
    const box = new THREE.Box3(), place = new THREE.Vector3(), shift = new THREE.Vector3();
    for (let i = 0; i < motion.frames * motion.nBodies; i++) {
      const frame = Math.floor(i / motion.nBodies);
      place.fromArray(this.origin, 3 * i).add(shift.fromArray(this.root, 3 * frame));
      if (this.followed)
        place.sub(shift.fromArray(this.ways, 3 * frame));
      box.expandByPoint(place);
    }
    box.expandByVector(new THREE.Vector3(0.08, 0.18, 0.08));
    box.min.y = 0;
    return box;
  }

  /** Right and left of the root, on the ground. */
  sides() {
    const at = new THREE.Vector3().setFromMatrixPosition(this.carriers[0].matrixWorld).setY(0.07);
    const right = new THREE.Vector3().setFromMatrixColumn(this.carriers[0].matrixWorld, 2).setY(0).setLength(0.5);
    return [at.clone().add(right), at.clone().sub(right)];
  }

  applyTheme(colour) {
    super.applyTheme(colour);
    this.ballMaterial.color = colour("mark");
    this.markerMaterial.color = colour("marker");
  }
}
