/* Which bone is under the pointer: bounding spheres of the bones first, then the triangles of those that are hit. */

class BonePicker {
  constructor(figure) {
    this.figure = figure;
    this.faces = figure.names.map(() => []);
    for (let f = 0; f < figure.faces.length; f += 3)
      this.faces[figure.label[figure.faces[f]]].push(f);
    this.position = new Float32Array(3 * figure.n);
    this.moved();
  }

  /** The bones have been placed anew. */
  moved() {
    this.spheres = null;
  }

  measure() {
    const { figure, position } = this, boxes = figure.names.map(() => new THREE.Box3()), point = new THREE.Vector3();
    for (let i = 0; i < figure.n; i++) {
      figure.placedPoint(i, point).toArray(position, 3 * i);
      boxes[figure.label[i]].expandByPoint(point);
    }
    this.spheres = boxes.map((box) => box.getBoundingSphere(new THREE.Sphere()));
  }

  /** Number of the nearest bone that the ray hits, -1 for none. */
  pick(ray) {
    if (!this.spheres)
      this.measure();
    const [a, b, c, hit] = [0, 1, 2, 3].map(() => new THREE.Vector3());
    const { position, figure } = this;
    let found = -1, nearest = Infinity;
    for (let bone = 0; bone < this.faces.length; bone++) {
      if (!this.faces[bone].length || !ray.intersectsSphere(this.spheres[bone]))
        continue;
      for (const f of this.faces[bone]) {
        a.fromArray(position, 3 * figure.faces[f]);
        b.fromArray(position, 3 * figure.faces[f + 1]);
        c.fromArray(position, 3 * figure.faces[f + 2]);
        if (!ray.intersectTriangle(a, b, c, true, hit))
          continue;
        const distance = hit.distanceToSquared(ray.origin);
        if (distance < nearest)
          [nearest, found] = [distance, bone];
      }
    }
    return found;
  }
}
