/* One body: the result, and the steps that led to it. */

/** Skins are read when they are first shown. */
const skinsRead = new Map();
function skinPoints(number) {
  if (!skinsRead.has(number))
    skinsRead.set(number, readPoints("skin-" + number));
  return skinsRead.get(number);
}

/** three.js takes the size of points for a field of view of 90 degrees. */
const POINT_SCALE = 1 / Math.tan(THREE.Math.degToRad(FIELD_OF_VIEW / 2));

/** A round dot for points. */
function dotTexture() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.arc(16, 16, 15, 0, 2 * Math.PI);
  context.fill();
  return new THREE.CanvasTexture(canvas);
}

function dots(n, size) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(3 * n), 3));
  const material = new THREE.PointsMaterial({
    size: size * POINT_SCALE, map: dotTexture(), alphaTest: 0.5, depthTest: false, transparent: true });
  const points = new THREE.Points(geometry, material);
  points.frustumCulled = false;
  points.renderOrder = 3;
  return points;
}

/** n lines, drawn with the bones: those in front of them are seen. */
function lines(n, onTop) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(6 * n), 3));
  const object = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ depthTest: !onTop, transparent: onTop }));
  object.frustumCulled = false;
  object.renderOrder = onTop ? 3 : 0;
  return object;
}

class BodyFigure extends Figure {
  constructor() {
    const placements = readArray("placements");
    const { steps, bones } = facts.body;
    const nPlacements = 1 + Math.max(0, ...steps.map((step) => step.placement));
    super("", bones, placements.length / 7 / nPlacements);
    Object.assign(this, { placements, steps, local: this.points, shapes: readArray("shapes"), shape: 0 });
    this.modes = arrayElement("mode-count")
      ? { count: readArray("mode-count"), slot: readArray("mode-slot"), vector: readPoints("mode-vector") } : null;
    this.addBodySkin();
    this.place(0);
    this.addJoints();
    this.addTies();
  }

  addBodySkin() {
    this.skinGeometry = meshGeometry(Float32Array.from(skinPoints(0)), readArray("skin-faces"));
    this.addSkin(this.skinGeometry, false);
    const points = new THREE.BufferGeometry();
    points.setAttribute("position", new THREE.BufferAttribute(skinPoints(0), 3));
    const input = new THREE.Points(points,
      new THREE.PointsMaterial({ size: 1.5, sizeAttenuation: false, transparent: true, opacity: 0.6 }));
    input.frustumCulled = false;
    this.addLayer("input", input);
  }

  /** Joint centres and rotation axes of the result, in the coordinates of the parts that carry them. */
  addJoints() {
    const ball = new THREE.SphereBufferGeometry(0.008, 16, 12), rod = new THREE.CylinderBufferGeometry(0.0018, 0.0018, 0.11, 8);
    this.ballMaterial = overlayMaterial(0xffffff);
    const rodMaterials = AXIS_COLOURS.map(overlayMaterial);
    this.addLayer("joints", new THREE.Group());
    this.addLayer("axes", new THREE.Group());
    for (const joint of facts.body.joints) {
      const centre = new THREE.Vector3(...joint.centre);
      const carry = (layer, mesh, renderOrder, name) => {
        mesh.renderOrder = renderOrder;
        mesh.position.copy(centre);
        mesh.updateMatrix();
        const local = new THREE.Matrix4().getInverse(this.carriers[joint.part].matrixWorld).multiply(mesh.matrix);
        this.carry(layer, joint.part, mesh, local, name);
      };
      carry("joints", new THREE.Mesh(ball, this.ballMaterial), 5, plainName(joint.name) + " joint centre");
      joint.axes.forEach((axis, k) => {
        const mesh = new THREE.Mesh(rod, rodMaterials[k % 3]);
        mesh.quaternion.setFromUnitVectors(new THREE.Vector3(0, 1, 0), new THREE.Vector3(...axis.direction));
        carry("axes", mesh, 4);
      });
    }
  }

  /** Landmarks that placing used, springs that posing used. */
  addTies() {
    this.landmark = { point: readArray("landmark-point"), target: arrayElement("landmark-target") ? readPoints("landmark-target") : null };
    this.spring = { point: readArray("spring-point"), skin: readArray("spring-skin") };
    const landmarks = new THREE.Group();
    this.landmarkDots = dots(this.landmark.point.length, 0.011);
    this.landmarkLines = lines(this.landmark.point.length, true);
    landmarks.add(this.landmarkLines, this.landmarkDots);
    this.addLayer("landmarks", landmarks);
    this.addLayer("springs", lines(this.spring.point.length, false));
  }

  hasEver(layer) {
    switch (layer) {
    case "axes": return facts.body.joints.some((joint) => joint.axes.length);
    case "joints": return facts.body.joints.length > 0;
    case "input": return this.steps.some((step) => step.skin !== 0 && !step.lying);
    case "landmarks": return this.landmark.point.length > 0;
    case "springs": return this.spring.point.length > 0;
    default: return layer in this.layers;
    }
  }

  hasNow(layer) {
    const { placement, skin, lying } = this.step;
    const bones = placement >= 0;
    return {
      bones, joints: bones, axes: bones, landmarks: bones, springs: bones && !lying, skin: skin >= 0, input: !lying && skin !== 0
    }[layer];
  }

  /**
   * Points of a shape: u_i + sum_k d_k mode_k,i. u is the result's shape, d how far a step's shape coefficients are from the result's.
   */
  shapedPoints(shape) {
    if (shape === 0 || !this.modes)
      return this.local;
    const nModes = this.shapes.length / (1 + Math.max(...this.steps.map((step) => step.shape)));
    const change = this.shapes.subarray(shape * nModes, (shape + 1) * nModes);
    const { count, slot, vector } = this.modes;
    const points = Float32Array.from(this.local);
    for (let i = 0, entry = 0; i < count.length; i++)
      for (let k = 0; k < count[i]; k++, entry++)
        for (let axis = 0; axis < 3; axis++)
          points[3 * i + axis] += change[slot[entry]] * vector[3 * entry + axis];
    return points;
  }

  takeShape(shape) {
    if (shape < 0 || shape === this.shape)
      return;
    this.shape = shape;
    this.points = this.shapedPoints(shape);
    const { position } = this.bones.geometry.attributes;
    position.array.set(this.points.subarray(0, 3 * this.n));
    position.needsUpdate = true;
  }

  place(placement) {
    const nCarriers = this.carriers.length;
    this.carriers.forEach((carrier, part) => {
      const at = 7 * (placement * nCarriers + part);
      carrier.matrixWorld.set(...rigidTransform(this.placements, at, this.placements, at + 4));
    });
  }

  /** Bones, skin, joints of a step of the facts. */
  show(number) {
    const step = this.step = this.steps[number];
    if (step.placement >= 0) {
      this.takeShape(step.shape);
      this.place(step.placement);
      this.moved();
    }
    if (step.skin >= 0) {
      this.skinGeometry.attributes.position.array.set(skinPoints(step.skin));
      this.skinGeometry.attributes.position.needsUpdate = true;
      this.skinGeometry.computeVertexNormals();
    }
    if (step.placement >= 0)
      this.placeTies(step);
  }

  placeTies(step) {
    const place = new THREE.Vector3(), dotAt = this.landmarkDots.geometry.attributes.position;
    const lineAt = this.landmarkLines.geometry.attributes.position;
    this.landmark.point.forEach((point, i) => {
      this.placedPoint(point, place).toArray(dotAt.array, 3 * i);
      place.toArray(lineAt.array, 6 * i);
      lineAt.array.set(this.landmark.target ? this.landmark.target.subarray(3 * i, 3 * i + 3) : [0, 0, 0], 6 * i + 3);
    });
    this.landmarkLines.visible = step.lying && this.landmark.target !== null;
    const springAt = this.layers.springs.geometry.attributes.position, skin = this.skinGeometry.attributes.position.array;
    this.spring.point.forEach((point, i) => {
      this.placedPoint(point, place).toArray(springAt.array, 6 * i);
      const at = 3 * this.spring.skin[i];
      springAt.array.set(skin.subarray(at, at + 3), 6 * i + 3);
    });
    dotAt.needsUpdate = lineAt.needsUpdate = springAt.needsUpdate = true;
  }

  applyTheme(colour) {
    super.applyTheme(colour);
    this.layers.input.material.color = colour("input");
    this.ballMaterial.color = colour("mark");
    this.landmarkDots.material.color = this.landmarkLines.material.color = colour("landmark");
    this.layers.springs.material.color = colour("spring");
  }

  /** Box around the skins of all steps. */
  box() {
    const box = new THREE.Box3();
    const numbers = new Set(this.steps.filter((step) => step.lying).map((step) => step.skin).filter((number) => number >= 0));
    for (const number of [0, ...numbers])
      box.union(new THREE.Box3().setFromArray(skinPoints(number)));
    return box;
  }

  /** Where the camera follows it to: nowhere. */
  way() {
    return new THREE.Vector3();
  }

  /** Places of the letters on the ground that say which side is which. */
  sides() {
    return [new THREE.Vector3(-0.55, 0.07, 0), new THREE.Vector3(0.55, 0.07, 0)];
  }
}
