/** Closed surfaces with known answers, faces counter-clockwise seen from outside. Made without file reading; free with oik_mesh_free. */
#ifndef TESTS_SUPPORT_SHAPES_H
#define TESTS_SUPPORT_SHAPES_H

#include "mesh/mesh.h"

/** Axis-aligned cube of 8 vertices and 12 faces with edges of length `size` around `centre`. */
oik_mesh *shape_cube(oik_vec3 centre, double size);
/** Sphere of n_lat x n_long quads, cut into triangles, with a vertex at either pole of the y axis. */
oik_mesh *shape_sphere(oik_vec3 centre, double radius, int n_lat, int n_long);
/** Torus around the y axis through the origin: radius of the ring, radius of the tube. */
oik_mesh *shape_torus(double ring, double tube, int n_ring, int n_tube);
/** Both meshes in one, the second one's vertices behind the first one's. */
oik_mesh *shape_union(const oik_mesh *a, const oik_mesh *b);

#endif
