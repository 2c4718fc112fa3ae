/** A page in Chromium without a screen. Files lie in the test's folder (temp_dir.h must be set up). */
#ifndef TESTS_SUPPORT_HEADLESS_PAGE_H
#define TESTS_SUPPORT_HEADLESS_PAGE_H

/** Name of the browser's program; NULL when none is installed. */
const char *headless_browser(void);

/**
 * Open the page of a file, "/path/page.html" or "/path/page.html#place", and return the document that its scripts leave behind; free it.
 * The page's clock runs for three seconds. Ends the test when the browser fails, when the page says anything on the console, or after
 * 90 s. There must be a browser. A start takes some three seconds, so what can be looked at together should be.
 */
char *headless_document(const char *page);

/** The same for a picture (PNG) of a window of that size in pixels. */
void headless_screenshot(const char *png_path, const char *page, int width, int height);

#endif
