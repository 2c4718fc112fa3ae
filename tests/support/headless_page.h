/** A page in Chromium without a screen. Files lie in the test's folder (temp_dir.h must be set up). */
#ifndef TESTS_SUPPORT_HEADLESS_PAGE_H
#define TESTS_SUPPORT_HEADLESS_PAGE_H

/** Name of the browser's program; NULL when none is installed. */
const char *headless_browser(void);

/**
 * Open the page of a file and return the document that its scripts leave behind; free it. Ends the test when the browser fails, when the
 * page says anything on the console, or after 90 s. There must be a browser.
 */
char *headless_document(const char *page_path);

#endif
