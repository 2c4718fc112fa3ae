/** PNG through libpng (see picture_png.h), into a buffer: libpng leaves by longjmp, the file is written afterwards. */
#include "export/picture_png.h"

#include <png.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/status.h"

/** libpng's memory is ours. */
static png_voidp take_memory(png_structp png, png_alloc_size_t size) {
    (void)png;
    return oik_new(size, 1, NULL);
}

static void give_memory(png_structp png, png_voidp block) {
    (void)png;
    free(block);
}

static void put_bytes(png_structp png, png_bytep data, size_t size) {
    oik_buf_append(png_get_io_ptr(png), data, size);
}

/** The buffer holds what it has; there is nothing to flush. */
static void flush(png_structp png) {
    (void)png;
}

/** Leave without libpng's own message on stderr. */
static void leave(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static void keep_quiet(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

/** 0, or 1 when libpng gave up: with good arguments only for want of memory. */
static int encode(png_structp png, png_infop info, oik_buf *buf, const oik_picture_image *image) {
    enum { COMPRESSION = 5 }; /* of 1 to 9: 9 takes twice the time of the whole picture for 3 % fewer bytes */
    if (setjmp(png_jmpbuf(png)))
        return 1;
    png_set_write_fn(png, buf, put_bytes, flush);
    png_set_compression_level(png, COMPRESSION);
    png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    for (int y = 0; y < image->height; y++)
        png_write_row(png, image->pixels[(size_t)y * (size_t)image->width]);
    png_write_end(png, info);
    return 0;
}

oik_status oik_picture_png_write(const oik_picture_image *image, const char *path, oik_error *err) {
    oik_buf buf = {0};
    png_infop info = NULL;
    png_structp png =
        png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, leave, keep_quiet, NULL, take_memory, give_memory);
    if (png)
        info = png_create_info_struct(png);
    oik_status status = OIK_OK;
    if (!info || encode(png, info, &buf, image))
        status = oik_fail(err, OIK_E_MEMORY, "%s: not written: %s", path, oik_status_sentence(OIK_E_MEMORY));
    png_destroy_write_struct(&png, &info);
    if (!status)
        status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}
