/* SHA-256 against published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/sha256.h"

static void expect(const char *text, size_t size, const char *hex) {
    char found[OIK_HASH_LENGTH + 1];
    oik_sha256 hash;
    oik_sha256_begin(&hash);
    oik_sha256_add(&hash, text, size);
    oik_sha256_end(&hash, found);
    assert_string_equal(found, hex);
}

/* NIST FIPS 180-2, appendix B.1 and B.2, and the empty message of NIST CAVP */
static void matches_published_vectors(void **state) {
    (void)state;
    expect("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    expect(two_blocks, strlen(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* FIPS 180-2, appendix B.3: a million times "a", fed in pieces that do not fit the blocks */
static void pieces_may_have_any_size(void **state) {
    (void)state;
    char piece[77], found[OIK_HASH_LENGTH + 1];
    memset(piece, 'a', sizeof piece);
    oik_sha256 hash;
    oik_sha256_begin(&hash);
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        oik_sha256_add(&hash, piece, n);
        left -= n;
    }
    oik_sha256_end(&hash, found);
    assert_string_equal(found, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(matches_published_vectors),
                                       cmocka_unit_test(pieces_may_have_any_size)};
    return cmocka_run_group_tests_name("test_api_sha256", tests, NULL, NULL);
}
