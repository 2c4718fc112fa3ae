/* What is drawn: bones, skin, the input mesh, joint centres and axes, ground. One object of the scene for each layer. */

/** Skin: transparent where it faces the viewer, denser towards its outline. */
function skinMaterial() {
  return new THREE.ShaderMaterial({
    uniforms: { tint: { value: new THREE.Color() } },
    vertexShader: `
      varying vec3 viewNormal;
      varying vec3 toViewer;
      void main() {
        vec4 p = modelViewMatrix * vec4(position, 1.0);
        viewNormal = normalMatrix * normal;
        toViewer = -p.xyz;
        gl_Position = projectionMatrix * p;
      }`,
    fragmentShader: `
      uniform vec3 tint;
      varying vec3 viewNormal;
      varying vec3 toViewer;
      void main() {
        float facing = abs(dot(normalize(viewNormal), normalize(toViewer)));
        float edge = 1.0 - facing;
        gl_FragColor = vec4(tint, 0.18 + 0.62 * edge * edge * edge);
      }`,
    transparent: true, depthWrite: false, depthFunc: THREE.LessEqualDepth,
  });
}

function meshGeometry(position, faces) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(position, 3));
  geometry.setIndex(new THREE.BufferAttribute(faces, 1));
  geometry.computeVertexNormals();
  return geometry;
}

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
    this.camera = new THREE.PerspectiveCamera(26, 1, 0.05, 50);
    this.scene = new THREE.Scene();
    this.addLights();
    this.addBones();
    this.addSkin();
    this.addJoints();
    this.addGround();
    this.layers = { bones: this.bones, skin: this.skin, input: this.input, joints: this.joints, axes: this.axes };
    this.shown = new Set(["bones", "skin", "input"]);
    this.frame = null;
  }

  addLights() {
    const key = new THREE.DirectionalLight(0xffffff, 0.62);
    key.position.set(-1.2, 1.6, 2.2);
    this.camera.add(key);
    this.scene.add(this.camera, new THREE.HemisphereLight(0xffffff, 0x6b6258, 0.62));
  }

  addBones() {
    const geometry = meshGeometry(Float32Array.from(bones.local), bones.faces);
    this.localNormal = Float32Array.from(geometry.attributes.normal.array);
    this.boneColour = new Float32Array(3 * bones.n);
    geometry.setAttribute("color", new THREE.BufferAttribute(this.boneColour, 3));
    const material = new THREE.MeshPhongMaterial({ vertexColors: THREE.VertexColors, specular: 0x1c1a16, shininess: 24, side: THREE.DoubleSide });
    this.bones = new THREE.Mesh(geometry, material);
    this.bones.frustumCulled = false;
    this.picker = new BonePicker(geometry.attributes.position.array);
    this.highlighted = -1;
    this.scene.add(this.bones);
  }

  /** The skin's depth is drawn before its colour, so that only its nearest surface is seen; bones come first and stay visible inside. */
  addSkin() {
    const geometry = meshGeometry(Float32Array.from(skinPoints(0)), readArray("skin-faces"));
    const depth = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ colorWrite: false, transparent: true }));
    const surface = new THREE.Mesh(geometry, skinMaterial());
    depth.renderOrder = 1;
    surface.renderOrder = 2;
    this.skin = new THREE.Group();
    this.skin.add(depth, surface);
    this.skinGeometry = geometry;
    this.skinSurface = surface.material;
    const points = new THREE.BufferGeometry();
    points.setAttribute("position", new THREE.BufferAttribute(skinPoints(0), 3));
    this.input = new THREE.Points(points, new THREE.PointsMaterial({ size: 1.5, sizeAttenuation: false, transparent: true, opacity: 0.6 }));
    depth.frustumCulled = surface.frustumCulled = this.input.frustumCulled = false;
    this.scene.add(this.skin, this.input);
  }

  /** Joint centres and rotation axes of the result, in the coordinates of the parts that carry them. */
  addJoints() {
    const ball = new THREE.SphereBufferGeometry(0.008, 16, 12), rod = new THREE.CylinderBufferGeometry(0.0018, 0.0018, 0.11, 8);
    const overlay = (colour) => new THREE.MeshBasicMaterial({ color: colour, depthTest: false, transparent: true });
    this.ballMaterial = overlay(0xffffff);
    const rodMaterials = [overlay(0xd8483e), overlay(0x3d9a50), overlay(0x3f78d8)];
    this.joints = new THREE.Group();
    this.axes = new THREE.Group();
    this.carried = [];
    for (const joint of facts.joints) {
      const centre = new THREE.Vector3(...joint.centre);
      this.carry(joint.part, this.joints, new THREE.Mesh(ball, this.ballMaterial), centre, 4);
      joint.axes.forEach((axis, k) => {
        const mesh = new THREE.Mesh(rod, rodMaterials[k % 3]);
        mesh.quaternion.setFromUnitVectors(new THREE.Vector3(0, 1, 0), new THREE.Vector3(...axis.direction));
        this.carry(joint.part, this.axes, mesh, centre, 3);
      });
    }
    this.scene.add(this.joints, this.axes);
  }

  partMatrix(placement, part) {
    return new THREE.Matrix4().set(...partTransform(placement, part), 0, 0, 0, 1);
  }

  carry(part, group, mesh, centre, renderOrder) {
    mesh.position.copy(centre);
    mesh.updateMatrix();
    mesh.renderOrder = renderOrder;
    mesh.matrixAutoUpdate = false;
    const local = new THREE.Matrix4().getInverse(this.partMatrix(0, part)).multiply(mesh.matrix);
    this.carried.push({ mesh, part, local });
    group.add(mesh);
  }

  addGround() {
    this.ground = new THREE.GridHelper(2, 8);
    this.ground.material.vertexColors = THREE.NoColors;
    this.marks = [sideMark("R"), sideMark("L")];
    this.marks[0].position.set(-0.55, 0.07, 0);
    this.marks[1].position.set(0.55, 0.07, 0);
    this.scene.add(this.ground, ...this.marks);
  }

  /** Box around the skins of all steps. */
  box() {
    const box = new THREE.Box3();
    const numbers = new Set(facts.steps.filter((step) => step.lying).map((step) => step.skin).filter((number) => number >= 0));
    for (const number of [0, ...numbers])
      box.union(new THREE.Box3().setFromArray(skinPoints(number)));
    return box;
  }

  /** Colours of the theme, from the page's style. */
  applyTheme() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => new THREE.Color(style.getPropertyValue("--scene-" + name).trim());
    this.renderer.setClearColor(colour("back"));
    this.boneTint = colour("bone");
    this.markTint = colour("mark");
    this.skinSurface.uniforms.tint.value = colour("skin");
    this.input.material.color = colour("input");
    this.ballMaterial.color = colour("mark");
    this.ground.material.color = colour("grid");
    for (const mark of this.marks)
      mark.material.color = new THREE.Color(style.getPropertyValue("--muted").trim());
    this.paintBones();
  }

  paintBones() {
    for (let i = 0; i < bones.n; i++)
      (bones.label[i] === this.highlighted ? this.markTint : this.boneTint).toArray(this.boneColour, 3 * i);
    this.bones.geometry.attributes.color.needsUpdate = true;
    this.draw();
  }

  highlight(bone) {
    if (bone === this.highlighted)
      return;
    this.highlighted = bone;
    this.paintBones();
  }

  /** Bones, skin, joints of a step of the facts. */
  show(step) {
    this.step = step;
    if (step.placement >= 0) {
      const { position, normal } = this.bones.geometry.attributes;
      placeBones(position.array, normal.array, this.localNormal, step);
      position.needsUpdate = normal.needsUpdate = true;
      this.picker.moved();
      for (const { mesh, part, local } of this.carried)
        mesh.matrix.multiplyMatrices(this.partMatrix(step.placement, part), local);
    }
    if (step.skin >= 0) {
      this.skinGeometry.attributes.position.array.set(skinPoints(step.skin));
      this.skinGeometry.attributes.position.needsUpdate = true;
      this.skinGeometry.computeVertexNormals();
    }
    this.applyLayers();
  }

  setLayer(name, on) {
    if (on)
      this.shown.add(name);
    else
      this.shown.delete(name);
    this.applyLayers();
  }

  /** A layer is seen when it is switched on and the step has something of it. */
  applyLayers() {
    const { placement, skin, lying } = this.step;
    const has = { bones: placement >= 0, joints: placement >= 0, axes: placement >= 0, skin: skin >= 0, input: !lying && skin !== 0 };
    for (const [name, node] of Object.entries(this.layers))
      node.visible = has[name] && this.shown.has(name);
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

  /** Bone under a point of the window, -1 for none. */
  boneAt(clientX, clientY) {
    if (!this.bones.visible)
      return -1;
    const area = this.canvas.getBoundingClientRect();
    const caster = new THREE.Raycaster();
    caster.setFromCamera({ x: 2 * (clientX - area.left) / area.width - 1, y: 1 - 2 * (clientY - area.top) / area.height }, this.camera);
    return this.picker.pick(caster.ray);
  }
}
