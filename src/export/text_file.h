/** Text files of any length, written in pieces: what the exporters of whole motions share. */
#ifndef OIK_EXPORT_TEXT_FILE_H
#define OIK_EXPORT_TEXT_FILE_H

#include "base/file.h"

/** Append to buf; oik_text_file_flow empties it into the temporary file. */
typedef struct oik_text_file {
    oik_buf buf;
    oik_file_writer *writer;
} oik_text_file;

oik_status oik_text_file_open(oik_text_file *file, const char *path, oik_error *err);
/** After a row or a few: whole pieces of 1 MB go to the file, so that memory does not grow with its length. */
oik_status oik_text_file_flow(oik_text_file *file, oik_error *err);
/** Status OIK_OK: write what is left and rename; else remove the temporary file. Frees; gives the first status not OIK_OK. */
oik_status oik_text_file_close(oik_text_file *file, oik_status status, oik_error *err);

#endif
