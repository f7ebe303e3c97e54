/* What the model page shows of a layer. */
#include "app/preview.h"
#include "tests/engine/net.h"
#include "tests/support.h"

#include <math.h>

static SalActivations *
activations (SalModel *model, int value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalImage) image =
      sal_image_new_filled (sal_preparation_format (sal_model_preparation (model))->width,
                            sal_preparation_format (sal_model_preparation (model))->height,
                            (const guint8[]){ 9, 90, 200 });
  g_autoptr (SalView) view = g_new0 (SalView, 1);

  g_atomic_ref_count_init (&view->refs);
  view->model = sal_model_ref (model);
  view->input = sal_model_prepare (model, image, &error);
  view->predictions = g_array_new (FALSE, FALSE, sizeof (SalPrediction));
  g_assert_no_error (error);
  SalActivationsOrder *order = sal_activations_order_new (view, value);
  SalActivations *found = sal_work_activations (order, NULL, &error);

  g_assert_no_error (error);
  sal_activations_order_free (order);
  return found;
}

/* A transformer's tokens lie on a square, behind that of the class. */
static void
test_tokens (void)
{
  Net net;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 3, 4, 4));
  int tokens = net_reshape (&net, x, &SAL_SHAPE (1, 16, 3));
  const float class_token[] = { 100, 200, 300 };
  int all = net_op (&net, "Concat", net_constant (&net, &SAL_SHAPE (1, 1, 3), class_token, 1),
                    tokens, SAL_NO_VALUE);

  sal_node_set_int (net.last, "axis", 1);
  int flat = net_op (&net, "Flatten", all, SAL_NO_VALUE, SAL_NO_VALUE);
  g_autoptr (SalPreparation) preparation = net_preparation (4, 4);
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, flat, 51, 3, TRUE), preparation);
  g_autoptr (SalActivations) found = activations (model, all);

  g_assert_cmpfloat (found->high, ==, 300);
  g_assert_cmpuint (found->channels->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (sal_image_width (found->channels->pdata[i]), ==, 4);
  /* The class's own token is no place of the picture: by it channel 2 would be the strongest. */
  g_assert_cmpint (found->numbers[0] + found->numbers[1] + found->numbers[2], ==, 3);
}

/* A channel with numbers that are none is shown once, as every other. */
static void
test_not_finite (void)
{
  Net net;
  int x = net_start (&net, 6, &SAL_SHAPE (1, 3, 4, 4));
  const float scale[] = { 1, NAN, 2 };
  int y =
      net_op (&net, "Mul", x, net_constant (&net, &SAL_SHAPE (1, 3, 1, 1), scale, 1), SAL_NO_VALUE);
  int flat = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  g_autoptr (SalPreparation) preparation = net_preparation (4, 4);
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, flat, 48, 3, TRUE), preparation);
  g_autoptr (SalActivations) found = activations (model, y);
  gboolean seen[3] = { FALSE };

  g_assert_cmpuint (found->channels->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    g_assert_false (seen[found->numbers[i]]);
    seen[found->numbers[i]] = TRUE;
  }
}

/* A frame shows what is cut out of the resized picture, where something is. */
static void
test_frame (void)
{
  const int widths[] = { 8, 24 };

  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++) {
    Net net;
    int x = net_start (&net, 7, &SAL_SHAPE (1, 3, 8, 8));
    int flat = net_op (&net, "Flatten", x, SAL_NO_VALUE, SAL_NO_VALUE);
    g_autoptr (GError) error = NULL;
    g_autoptr (SalPreparation) preparation = net_preparation (8, 8);
    SalPixelFormat format = *sal_preparation_format (preparation);

    format.fit = widths[i] > 8 ? SAL_FIT_CROP : SAL_FIT_STRETCH;
    g_autoptr (SalPreparation) asked = sal_preparation_new (&format, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (SalModel) model =
        net_finish (&net, net_dense (&net, flat, 192, 3, TRUE), preparation);
    g_autoptr (SalPicture) picture = g_new0 (SalPicture, 1);

    g_atomic_ref_count_init (&picture->refs);
    picture->image = sal_image_new_filled (widths[i], 8, (const guint8[]){ 9, 90, 200 });
    SalPreviewOrder *order = sal_preview_order_new (model, asked, TRUE, picture);
    g_autoptr (SalPreview) preview = sal_work_preview (order, NULL, &error);

    sal_preview_order_free (order);
    g_assert_no_error (error);
    const SalImage *resized = preview->stages[1];
    const guint8 *pixels = sal_image_pixels (resized);
    gsize n = (gsize) sal_image_width (resized) * sal_image_height (resized);
    gboolean framed = FALSE;

    for (gsize k = 0; k < n; k++)
      framed = framed || (pixels[3 * k] == 255 && pixels[3 * k + 1] == 255);
    g_assert_true (framed == (widths[i] > 8));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/preview/tokens", test_tokens);
  g_test_add_func ("/app/preview/not-finite", test_not_finite);
  g_test_add_func ("/app/preview/frame", test_frame);
  return g_test_run ();
}
