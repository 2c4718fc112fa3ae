/**
 * The header of a PLY file. Nothing outside this folder includes this file.
 *
 * Source: Turk, The PLY polygon file format (1994), and the type names with sizes (int8 ... float64) in use since.
 */
#ifndef OIK_MESH_PLY_HEADER_H
#define OIK_MESH_PLY_HEADER_H

#include <stdint.h>

#include "base/text.h"
#include "osso_ik.h"

typedef enum ply_encoding { PLY_NO_ENCODING, PLY_ASCII, PLY_LITTLE_ENDIAN, PLY_BIG_ENDIAN } ply_encoding;

typedef enum ply_type { PLY_INT8, PLY_UINT8, PLY_INT16, PLY_UINT16, PLY_INT32, PLY_UINT32, PLY_FLOAT32, PLY_FLOAT64 } ply_type;

typedef struct ply_property {
    oik_span name;
    ply_type type;       /**< of the value, or of the entries of a list */
    int is_list;
    ply_type count_type; /**< of the length of a list */
} ply_property;

typedef struct ply_element {
    oik_span name;
    size_t count; /**< instances in the file, as the header claims and the file's size allows */
    ply_property *properties;
    size_t n_properties;
} ply_element;

typedef struct ply_header {
    ply_encoding encoding;
    ply_element *elements;
    size_t n_elements;
    size_t data_offset; /**< of the first byte after the header */
    size_t n_lines;     /**< of the header */
} ply_header;

/** Bytes of a value in a binary file. */
size_t ply_type_size(ply_type type);

/**
 * Parse and check the header, including that the file is long enough for the counts it claims.
 * @param[in] data,size the whole file; names in the header point into it
 * @return OIK_E_FORMAT or OIK_E_MEMORY; the message names the line. The header is to be freed only on success.
 */
oik_status ply_header_parse(ply_header *out, const uint8_t *data, size_t size, const char *name, oik_error *err);
void ply_header_free(ply_header *header);

#endif
