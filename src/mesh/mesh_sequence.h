/** Sequences of meshes with one vertex count, read frame by frame: memory for one frame, whatever the length. */
#ifndef OIK_MESH_MESH_SEQUENCE_H
#define OIK_MESH_MESH_SEQUENCE_H

#include "mesh/mesh.h"

typedef struct oik_mesh_sequence oik_mesh_sequence; /**< one thread at a time may use it */

/**
 * Open a sequence.
 *
 *   paths                     frames                                        name
 *   one mesh file             it (format by its content, see mesh_io.h)     file name without ending
 *   several mesh files        one each                                      common begin of the file names
 *   a directory               its .ply and .obj files, hidden ones not      directory
 *   a pattern (glob(3))       the .ply and .obj files that match            common begin of the file names
 *   one .npz                  rows of its array (F,V,3) [any unit], named   file name without ending
 *                             vertices, verts or v, else the only one of that shape; optional: faces (n,3) and a frame rate
 *                             (fps, frame_rate, mocap_framerate or mocap_frame_rate)
 *   one .npy                  rows of the array (F,V,3)                     file name without ending
 *
 * Files are put in natural order of their paths (frame2 before frame10), several ones too: a shell's own expansion of a pattern puts
 * frame10 first. Of a common begin, the digits at its end and the separators (_ - . blank) before them are left out; when nothing is
 * left the name is that of the first file's directory, else "sequence". Array files must not change while they are open.
 *
 * @param[out] out   NULL on error
 * @param[in]  paths n_paths
 * @return OIK_E_IO: a path that does not exist, a directory or pattern without meshes;
 *         OIK_E_ARGUMENT: no path, a directory or an array file as one of several paths, one frame as both .ply and .obj;
 *         OIK_E_SHAPE: no array of that shape or several, no frames, faces of another shape; OIK_E_FORMAT, OIK_E_NOT_FINITE: a damaged
 *         file or frame 0; OIK_E_MEMORY
 * Cost: reads directories and, of files, frame 0; of an array, its header.
 */
oik_status oik_mesh_sequence_open(oik_mesh_sequence **out, const char *const *paths, size_t n_paths, oik_error *err);
void oik_mesh_sequence_free(oik_mesh_sequence *seq);

size_t oik_mesh_sequence_n_frames(const oik_mesh_sequence *seq);   /**< >= 1 */
size_t oik_mesh_sequence_n_vertices(const oik_mesh_sequence *seq); /**< of every frame */
double oik_mesh_sequence_frame_rate(const oik_mesh_sequence *seq); /**< [1/s], 0 when the input does not say */
const char *oik_mesh_sequence_name(const oik_mesh_sequence *seq);  /**< for output files, without directory; lives as long as seq */

/**
 * Read one frame, any one at any time.
 * @param[out] out a mesh of its own, NULL on error; faces of an array sequence are those of its array faces, or none
 * @return OIK_E_ARGUMENT for a frame past the last; OIK_E_SHAPE for another vertex count than frame 0; OIK_E_NOT_FINITE; otherwise as
 *         oik_mesh_read and oik_npz_rows_read. The message names frame and file.
 * Cost: reading the frame; in a compressed .npz also inflating the frames between the last one read and this one, and all before this
 * one when it lies behind.
 */
oik_status oik_mesh_sequence_read(oik_mesh **out, oik_mesh_sequence *seq, size_t frame, oik_error *err);

#endif
