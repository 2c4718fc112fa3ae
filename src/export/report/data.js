/* Facts and arrays that the writer put into the page; what they hold: src/export/report_json.h and report_array.h of osso_ik. */

const facts = JSON.parse(document.getElementById("facts").textContent);

const arrayElement = (name) => document.getElementById("array-" + name);

/** Typed array of a data element. Bytes are little-endian, as those of every machine that runs a browser. */
function readArray(name) {
  const element = arrayElement(name);
  const text = atob(element.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++)
    bytes[i] = text.charCodeAt(i);
  const kinds = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array };
  return new kinds[element.dataset.type](bytes.buffer);
}

/** Points of a data element in metres, x y z after one another. */
function readPoints(name) {
  const grid = readArray(name);
  const { origin, step } = arrayElement(name).dataset;
  const low = origin.split(" ").map(Number);
  const width = Number(step);
  const points = new Float32Array(grid.length);
  for (let i = 0; i < grid.length; i++)
    points[i] = low[i % 3] + width * grid[i];
  return points;
}

/** Skins are read when they are first shown. */
const skinsRead = new Map();
function skinPoints(number) {
  if (!skinsRead.has(number))
    skinsRead.set(number, readPoints("skin-" + number));
  return skinsRead.get(number);
}

/** "femur_r" as "right femur". */
function plainName(name) {
  const side = name.endsWith("_r") ? "right " : name.endsWith("_l") ? "left " : "";
  return side + (side ? name.slice(0, -2) : name).replace(/_/g, " ");
}

/**
 * Bones: a vertex i of part p lies at R_p (u_i + sum_k d_k mode_k,i) + t_p. u is the result's shape, d how far a step's shape
 * coefficients are from the result's.
 */
const bones = {
  local: readPoints("bone-points"),
  part: readArray("bone-part"),
  label: readArray("bone-label"),
  faces: readArray("bone-faces"),
  placements: readArray("placements"),
  shapes: readArray("shapes"),
  modes: arrayElement("mode-count")
    ? { count: readArray("mode-count"), slot: readArray("mode-slot"), vector: readPoints("mode-vector") } : null,
};
bones.n = bones.part.length;
bones.nPlacements = 1 + Math.max(0, ...facts.steps.map((step) => step.placement));
bones.nParts = bones.placements.length / 7 / bones.nPlacements;

/** Rotation matrix (row by row) and translation of a part in a placement, 12 numbers. */
function partTransform(placement, part) {
  const at = 7 * (placement * bones.nParts + part);
  const [w, x, y, z, tx, ty, tz] = bones.placements.subarray(at, at + 7);
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), tx,
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), ty,
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), tz,
  ];
}

/** Local points of a shape. */
function shapedPoints(shape) {
  if (shape === 0 || !bones.modes)
    return bones.local;
  const nModes = bones.shapes.length / (1 + Math.max(...facts.steps.map((step) => step.shape)));
  const change = bones.shapes.subarray(shape * nModes, (shape + 1) * nModes);
  const { count, slot, vector } = bones.modes;
  const points = Float32Array.from(bones.local);
  for (let i = 0, entry = 0; i < bones.n; i++)
    for (let k = 0; k < count[i]; k++, entry++)
      for (let axis = 0; axis < 3; axis++)
        points[3 * i + axis] += change[slot[entry]] * vector[3 * entry + axis];
  return points;
}

/**
 * Place the bones of a step.
 * position and normal are filled; localNormal are normals before placing
 */
function placeBones(position, normal, localNormal, step) {
  const u = shapedPoints(step.shape);
  const transforms = Array.from({ length: bones.nParts }, (_, part) => partTransform(step.placement, part));
  for (let i = 0; i < bones.n; i++) {
    const m = transforms[bones.part[i]], at = 3 * i;
    const x = u[at], y = u[at + 1], z = u[at + 2];
    const nx = localNormal[at], ny = localNormal[at + 1], nz = localNormal[at + 2];
    for (let row = 0; row < 3; row++) {
      const a = m[4 * row], b = m[4 * row + 1], c = m[4 * row + 2];
      position[at + row] = a * x + b * y + c * z + m[4 * row + 3];
      normal[at + row] = a * nx + b * ny + c * nz;
    }
  }
}
