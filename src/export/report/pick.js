/* Which bone is under the pointer: bounding spheres of the bones first, then the triangles of those that are hit. */

class BonePicker {
  /** position: coordinates of all bone vertices, changed in place by whoever places the bones */
  constructor(position) {
    this.position = position;
    this.faces = facts.bones.map(() => []);
    for (let f = 0; f < bones.faces.length; f += 3)
      this.faces[bones.label[bones.faces[f]]].push(f);
    this.moved();
  }

  /** The bones have been placed anew. */
  moved() {
    this.spheres = null;
  }

  measureSpheres() {
    const boxes = facts.bones.map(() => new THREE.Box3());
    const point = new THREE.Vector3();
    for (let i = 0; i < bones.n; i++)
      boxes[bones.label[i]].expandByPoint(point.fromArray(this.position, 3 * i));
    this.spheres = boxes.map((box) => box.getBoundingSphere(new THREE.Sphere()));
  }

  /** Number of the nearest bone that the ray hits, -1 for none. */
  pick(ray) {
    if (!this.spheres)
      this.measureSpheres();
    const [a, b, c, hit] = [0, 1, 2, 3].map(() => new THREE.Vector3());
    let found = -1, nearest = Infinity;
    for (let bone = 0; bone < this.faces.length; bone++) {
      if (!this.faces[bone].length || !ray.intersectsSphere(this.spheres[bone]))
        continue;
      for (const f of this.faces[bone]) {
        a.fromArray(this.position, 3 * bones.faces[f]);
        b.fromArray(this.position, 3 * bones.faces[f + 1]);
        c.fromArray(this.position, 3 * bones.faces[f + 2]);
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
