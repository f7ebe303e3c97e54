/* Sentences in lines. */
#include "ui/wrap.h"

#include <string.h>

static void
test_lines (void)
{
  static const struct {
    const char *text;
    int letters;
    const char *lines;
  } cases[] = {
    { "", 10, "" },
    { "one line", 10, "one line" },
    { "just as long", 12, "just as long" },
    { "one letter more", 14, "one letter\nmore" },
    { "three lines of few letters", 10, "three\nlines of\nfew\nletters" },
    { "unbreakable is left", 5, "unbreakable\nis\nleft" },
    { "blanks   at the end", 6, "blanks\nat the\nend" },
    { "well-known words", 10, "well-known\nwords" },
    /* Letters, not bytes; and languages that have no blanks. */
    { "ééé ééé ééé", 7, "ééé ééé\nééé" },
    { "注目する場所", 3, "注目す\nる場所" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *lines = sal_in_lines (cases[i].text, cases[i].letters);

    g_assert_cmpstr (lines, ==, cases[i].lines);
  }
}

static void
test_names (void)
{
  g_autofree char *name = sal_wrappable ("block_2_conv");

  g_assert_cmpstr (name, ==, "block_\u200b2_\u200bconv");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/wrap/lines", test_lines);
  g_test_add_func ("/ui/wrap/names", test_names);
  return g_test_run ();
}
