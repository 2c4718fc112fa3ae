/* What bodies and motions have in common: bones that are rigid on carriers, a translucent skin, marks that carriers carry. */

/** Vertical [deg]: as a portrait lens, so that near limbs do not look larger. */
const FIELD_OF_VIEW = 26;

/** Skin: transparent where it faces the viewer, denser towards its outline. colorWrite: false for the pass that fills the depth only. */
function skinMaterial(skinning, colorWrite) {
  return new THREE.ShaderMaterial({
    uniforms: { tint: { value: new THREE.Color() } },
    vertexShader: `
      #include <skinning_pars_vertex>
      varying vec3 viewNormal;
      varying vec3 toViewer;
      void main() {
        vec3 objectNormal = normal;
        vec3 transformed = position;
        #include <skinbase_vertex>
        #include <skinnormal_vertex>
        #include <skinning_vertex>
        vec4 p = modelViewMatrix * vec4(transformed, 1.0);
        viewNormal = normalMatrix * objectNormal;
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
    transparent: true, skinning, colorWrite, depthWrite: !colorWrite, depthFunc: THREE.LessEqualDepth,
  });
}

/** Marks that are seen through bones and skin. */
function overlayMaterial(colour) {
  return new THREE.MeshBasicMaterial({ color: colour, depthTest: false, transparent: true });
}

function meshGeometry(position, faces) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(position, 3));
  geometry.setIndex(new THREE.BufferAttribute(faces, 1));
  geometry.computeVertexNormals();
  return geometry;
}

/** Draw the mesh with the bones of a three.js skeleton; index, weight: four for each vertex. */
function bindMesh(mesh, carriers, inverses, index, weight) {
  mesh.geometry.setAttribute("skinIndex", new THREE.BufferAttribute(index, 4));
  mesh.geometry.setAttribute("skinWeight", new THREE.BufferAttribute(weight, 4, weight instanceof Uint8Array));
  mesh.bind(new THREE.Skeleton(carriers, inverses), new THREE.Matrix4());
}

const AXIS_COLOURS = [0xd55e00, 0x009e73, 0x0072b2]; /* of the first, second and third rotation; Okabe and Ito, for all eyes */

class Figure {
  /**
   * prefix of the bones' arrays; names: of the bones; nCarriers: rigid parts or bodies. carriers[i].matrixWorld says where number i is; it
   * is filled by whoever shows a step or a frame.
   */
  constructor(prefix, names, nCarriers) {
    this.names = names;
    this.points = readPoints(prefix + "bone-points"); /* in their carriers' coordinates; the mesh's vertices first */
    this.part = readArray(prefix + "bone-part");
    this.label = readArray(prefix + "bone-label");
    this.faces = readArray(prefix + "bone-faces");
    this.n = this.label.length;
    this.carriers = Array.from({ length: nCarriers }, () => new THREE.Bone());
    this.node = new THREE.Group();
    this.layers = {};
    this.carried = [];
    this.highlighted = -1;
    this.addBones();
    this.picker = new BonePicker(this);
  }

  addLayer(name, object) {
    this.layers[name] = object;
    this.node.add(object);
  }

  addBones() {
    const geometry = meshGeometry(this.points.slice(0, 3 * this.n), this.faces);
    this.boneColour = new Float32Array(3 * this.n);
    geometry.setAttribute("color", new THREE.BufferAttribute(this.boneColour, 3));
    const material = new THREE.MeshPhongMaterial({
      vertexColors: THREE.VertexColors, specular: 0x1c1a16, shininess: 24, side: THREE.DoubleSide, skinning: true,
    });
    const mesh = new THREE.SkinnedMesh(geometry, material);
    const index = new Uint16Array(4 * this.n), weight = new Uint8Array(4 * this.n);
    for (let i = 0; i < this.n; i++) {
      index[4 * i] = this.part[i];
      weight[4 * i] = 255;
    }
    bindMesh(mesh, this.carriers, this.carriers.map(() => new THREE.Matrix4()), index, weight);
    mesh.frustumCulled = false;
    this.bones = mesh;
    this.addLayer("bones", mesh);
  }

  /** Skin's depth is drawn before its colour, so that only its nearest surface is seen; bones come first and stay visible inside. */
  addSkin(geometry, skinned) {
    const Kind = skinned ? THREE.SkinnedMesh : THREE.Mesh;
    const depth = new Kind(geometry, skinMaterial(skinned, false)), surface = new Kind(geometry, skinMaterial(skinned, true));
    depth.renderOrder = 1;
    surface.renderOrder = 2;
    depth.frustumCulled = surface.frustumCulled = false;
    this.skinSurface = surface.material;
    const skin = new THREE.Group();
    skin.add(depth, surface);
    this.addLayer("skin", skin);
    return [depth, surface];
  }

  /** A mark that moves with a carrier. local: matrix in its coordinates; name: shown when it is pointed at. */
  carry(layer, carrier, mesh, local, name) {
    mesh.matrixAutoUpdate = false;
    this.carried.push({ layer, carrier, mesh, local, name });
    this.layers[layer].add(mesh);
  }

  /** The carriers have been moved. */
  moved() {
    for (const { mesh, carrier, local } of this.carried)
      mesh.matrix.multiplyMatrices(this.carriers[carrier].matrixWorld, local);
    this.picker.moved();
  }

  /** Where a point of the bones is; at its carrier's place. */
  placedPoint(i, target) {
    return target.fromArray(this.points, 3 * i).applyMatrix4(this.carriers[this.part[i]].matrixWorld);
  }

  /** Name and place of all marks that can be pointed at. */
  marks() {
    return this.carried.filter(({ layer, name }) => name && this.layers[layer].visible)
      .map(({ name, mesh }) => ({ name, place: new THREE.Vector3().setFromMatrixPosition(mesh.matrix) }));
  }

  /** colour(name): of the theme. */
  applyTheme(colour) {
    this.boneTint = colour("bone");
    this.markTint = colour("mark");
    if (this.skinSurface)
      this.skinSurface.uniforms.tint.value = colour("skin");
    this.paintBones();
  }

  paintBones() {
    for (let i = 0; i < this.n; i++)
      (this.label[i] === this.highlighted ? this.markTint : this.boneTint).toArray(this.boneColour, 3 * i);
    this.bones.geometry.attributes.color.needsUpdate = true;
  }

  /** True when that changes the picture. */
  highlight(bone) {
    if (bone === this.highlighted)
      return false;
    this.highlighted = bone;
    this.paintBones();
    return true;
  }

  /** A layer is seen when it is switched on and the step or frame has something of it. */
  applyLayers(shown) {
    for (const [name, object] of Object.entries(this.layers))
      object.visible = shown.has(name) && this.hasNow(name);
  }
}
