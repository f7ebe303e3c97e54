/* What is said of a file: its name in one line, where it lies below. */
#include "app/file-failure.h"

static void
test_summary (void)
{
  static const char *const cases[][2] = {
    { "/tmp/cat.png", "“cat.png” cannot be opened" },
    { "/tmp/holiday/", "“holiday” cannot be opened" },
    { "/tmp/100%s.png", "“100%s.png” cannot be opened" },
    { "/tmp/IMG_20241103_142233_HDR_a_very_long_name_from_a_camera-0017.jpeg",
      "“IMG_20241103_14223…_camera-0017.jpeg” cannot be opened" },
    { "/tmp/ääääääääääööööööööööüüüüüüüüüüßßßßß8.jpeg",
      "“ääääääääääöööööööö…üüüüüüßßßßß8.jpeg” cannot be opened" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *summary = sal_file_summary ("“%s” cannot be opened", cases[i][0]);

    g_assert_cmpstr (summary, ==, cases[i][1]);
  }
}

/* Of file, message and reason. */
static void
test_reason (void)
{
  static const char *const cases[][3] = {
    { "/a/b/cat.png", "/a/b/cat.png: too small", "cat.png: too small" },
    { "/a/b/m.onnx", "m.onnx: /a/b/m.json: no shape", "m.onnx: m.json: no shape" },
    { "/a/b/m.onnx", "labels “/a/b/l.txt”: empty", "labels “l.txt”: empty" },
    { "/a/b/m.onnx", "/a/b/m.json: labels \"/a/b/l.txt\": /a/b: empty",
      "m.json: labels \"l.txt\": /a/b: empty" },
    { "/tmp/cat.png", "/var/tmp/other.png: gone", "/var/tmp/other.png: gone" },
    { "/cat.png", "/cat.png: gone", "/cat.png: gone" },
    { "/cat.png", "/var/tmp/other.png: gone", "/var/tmp/other.png: gone" },
    { "cat.png", "cat.png: gone, ./cat.png, too", "cat.png: gone, ./cat.png, too" },
    { "/a/\xff.png", "/a/\xff.png: gone", "�.png: gone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *reason = sal_file_reason (cases[i][1], cases[i][0]);

    g_assert_cmpstr (reason, ==, cases[i][2]);
  }
}

static void
test_details (void)
{
  g_autofree char *details = sal_file_details ("/a/b/cat.png: too small", "/a/b/cat.png");

  g_assert_cmpstr (details, ==, "cat.png: too small\n\n/a/b/cat.png");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/file-failure/summary", test_summary);
  g_test_add_func ("/app/file-failure/reason", test_reason);
  g_test_add_func ("/app/file-failure/details", test_details);
  return g_test_run ();
}
