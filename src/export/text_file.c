/** Text files of any length (see text_file.h). */
#include "export/text_file.h"

oik_status oik_text_file_open(oik_text_file *file, const char *path, oik_error *err) {
    *file = (oik_text_file){0};
    return oik_file_writer_new(&file->writer, path, err);
}

oik_status oik_text_file_flow(oik_text_file *file, oik_error *err) {
    const size_t piece = (size_t)1 << 20;
    return file->buf.status || file->buf.size >= piece ? oik_buf_drain(&file->buf, file->writer, err) : OIK_OK;
}

oik_status oik_text_file_close(oik_text_file *file, oik_status status, oik_error *err) {
    if (!status)
        status = oik_buf_drain(&file->buf, file->writer, err);
    if (!status)
        status = oik_file_writer_finish(file->writer, err);
    oik_file_writer_free(file->writer);
    oik_buf_free(&file->buf);
    file->writer = NULL;
    return status;
}
