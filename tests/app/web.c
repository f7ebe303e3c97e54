#include "tests/app/web.h"

#include <stdlib.h>
#include <string.h>

#define CUT 40000

static GBytes *served;
static GSocketService *service;
static GThread *thread;
static GMainLoop *loop;
static GMainContext *context;
static int requests;
static int stopping;

static gboolean
put (GOutputStream *out, const char *data, gsize size)
{
  return g_output_stream_write_all (out, data, size, NULL, NULL, NULL);
}

static void
put_head (GOutputStream *out, const char *status, gint64 length, const char *more)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "HTTP/1.1 %s\r\nConnection: close\r\n%s", status, more);
  if (length >= 0)
    g_string_append_printf (head, "Content-Length: %" G_GINT64_FORMAT "\r\n", length);
  g_string_append (head, "\r\n");
  put (out, head->str, head->len);
}

/* In pieces; ends early when the other side has gone, or the server is stopped. */
static void
put_slowly (GOutputStream *out, const char *data, gsize size)
{
  for (gsize at = 0; at < size && !g_atomic_int_get (&stopping); at += 1000) {
    if (!put (out, data + at, MIN (1000, size - at)))
      return;
    g_usleep (20000);
  }
}

static void
wait_in_silence (void)
{
  for (int i = 0; i < 250 && !g_atomic_int_get (&stopping); i++)
    g_usleep (20000);
}

static void
answer (GOutputStream *out, const char *path, gint64 from)
{
  gsize size;
  const char *data = g_bytes_get_data (served, &size);
  gboolean ranges = !g_str_equal (path, "plain") && !g_str_equal (path, "plain-cut");
  gboolean cut = g_str_equal (path, "cut") || g_str_equal (path, "plain-cut");
  g_autofree char *range = NULL;

  if (g_str_equal (path, "moved") || g_str_equal (path, "round")) {
    put_head (out, "302 Found", 0,
              g_str_equal (path, "moved") ? "Location: /file\r\n" : "Location: /round\r\n");
  } else if (g_str_equal (path, "trouble")) {
    put_head (out, "503 Service Unavailable", 0, "");
  } else if (g_str_equal (path, "wrong")) {
    g_autofree char *other = g_memdup2 (data, size);

    other[size / 2] ^= 1;
    put_head (out, "200 OK", (gint64) size, "");
    put (out, other, size);
  } else if (g_str_equal (path, "short") || g_str_equal (path, "long")) {
    put_head (out, "200 OK", -1, "");
    put (out, data, g_str_equal (path, "long") ? size : size - 1);
    if (g_str_equal (path, "long"))
      put (out, "!", 1);
  } else if (g_str_equal (path, "stated")) {
    put_head (out, "200 OK", (gint64) size - 1, "");
    put (out, data, size - 1);
  } else if (g_str_equal (path, "file") || g_str_equal (path, "slow") ||
             g_str_equal (path, "silent") || g_str_equal (path, "odd-range") || cut || !ranges) {
    if (!ranges || from < 0)
      from = 0;
    if (from >= (gint64) size) {
      put_head (out, "416 Range Not Satisfiable", 0, "");
      return;
    }
    if (from > 0)
      range = g_strdup_printf ("Content-Range: bytes %" G_GINT64_FORMAT "-%" G_GSIZE_FORMAT
                               "/%" G_GSIZE_FORMAT "\r\n",
                               g_str_equal (path, "odd-range") ? from + 1 : from, size - 1, size);
    put_head (out, from > 0 ? "206 Partial Content" : "200 OK", (gint64) size - from,
              range != NULL ? range : "");
    data += from;
    size -= (gsize) from;
    if (g_str_equal (path, "slow")) {
      put_slowly (out, data, size);
    } else if (g_str_equal (path, "silent")) {
      put (out, data, 1000);
      wait_in_silence ();
    } else {
      put (out, data, cut ? MIN (size, CUT) : size);
    }
  } else {
    put_head (out, "404 Not Found", 0, "");
  }
}

static gboolean
run_cb (GThreadedSocketService *self, GSocketConnection *connection, GObject *source, gpointer data)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) in =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *first = NULL;
  char *line;
  gint64 from = -1;

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  first = g_data_input_stream_read_line (in, NULL, NULL, NULL);
  while ((line = g_data_input_stream_read_line (in, NULL, NULL, NULL)) != NULL && *line != '\0') {
    if (g_ascii_strncasecmp (line, "Range: bytes=", 13) == 0)
      from = g_ascii_strtoll (line + 13, NULL, 10);
    g_free (line);
  }
  g_free (line);
  if (first != NULL && g_str_has_prefix (first, "GET /")) {
    g_autofree char *path = g_strndup (first + 5, strcspn (first + 5, " /"));

    g_atomic_int_inc (&requests);
    answer (out, path, from);
  }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static gpointer
serve (gpointer data)
{
  g_main_context_push_thread_default (context);
  g_socket_service_start (service);
  g_main_loop_run (loop);
  /* By the thread that accepts: another would find it half-way through. */
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

char *
web_start (GBytes *content)
{
  g_autoptr (GInetAddress) local = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (local, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  served = g_bytes_ref (content);
  stopping = requests = 0;
  context = g_main_context_new ();
  loop = g_main_loop_new (context, FALSE);
  /* The listening sockets belong to the context of the thread that starts the service. */
  g_main_context_push_thread_default (context);
  service = g_threaded_socket_service_new (16);
  g_socket_service_stop (service);
  g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_main_context_pop_thread_default (context);
  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (run_cb), NULL);
  thread = g_thread_new ("web", serve, NULL);
  return g_strdup_printf ("http://127.0.0.1:%d/",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

void
web_stop (void)
{
  g_atomic_int_set (&stopping, TRUE);
  g_main_loop_quit (loop);
  g_thread_join (thread);
  g_clear_object (&service);
  g_main_loop_unref (loop);
  g_main_context_unref (context);
  g_bytes_unref (served);
}

int
web_requests (void)
{
  int n = g_atomic_int_get (&requests);

  g_atomic_int_add (&requests, -n);
  return n;
}
