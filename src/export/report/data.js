/* Facts and arrays that the writer put into the page; what they hold: src/export/report_json.h, report_array.h, report_ties.h and
   report_motion.h of osso_ik. */

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

/** Numbers of a data element that are stored as whole steps of a grid: points in metres, x y z after one another. */
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

/** "femur_r" as "right femur". */
function plainName(name) {
  const side = name.endsWith("_r") ? "right " : name.endsWith("_l") ? "left " : "";
  return side + (side ? name.slice(0, -2) : name).replace(/_/g, " ");
}

/** Rotation matrix of the quaternion wxyz at q[i], with the translation at t[k]: 16 numbers, row by row. */
function rigidTransform(q, i, t, k) {
  const w = q[i], x = q[i + 1], y = q[i + 2], z = q[i + 3];
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), t[k],
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), t[k + 1],
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), t[k + 2],
    0, 0, 0, 1,
  ];
}
