#include "engine/explain/baseline.h"
#include "engine/explain/each.h"
#include "engine/explain/groups.h"
#include "engine/explain/methods.h"
#include "engine/explain/reasons.h"

#include <math.h>
#include <string.h>

static const SalParam params[] = {
  { .key = "steps",
    .label = "Steps",
    .help = "Points of each of the two paths of Integrated Gradients, from black and from white.",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 1000,
    .otherwise = 50,
    .logarithmic = TRUE },
  { .key = "smallest",
    .label = "Smallest regions",
    .help = "About how many regions the finest of the six segmentations has.",
    .kind = SAL_PARAM_INT,
    .min = 16,
    .max = 1000,
    .otherwise = 256,
    .logarithmic = TRUE,
    .advanced = TRUE },
  { NULL },
};

#define SEGMENTATIONS 6

/* One segment of one of the segmentations. */
typedef struct {
  int *places;
  int n;
  gboolean used;
} Region;

static void
region_clear (gpointer data)
{
  g_free (((Region *) data)->places);
}

static void
add_regions (GArray *regions, const SalGroups *groups)
{
  g_autofree int *count = g_new0 (int, groups->n);
  guint first = regions->len;

  for (gint64 p = 0; p < groups->n_places; p++)
    count[groups->of[p]]++;
  for (int g = 0; g < groups->n; g++) {
    Region region = { g_new (int, MAX (count[g], 1)), 0, FALSE };

    g_array_append_val (regions, region);
  }
  for (gint64 p = 0; p < groups->n_places; p++) {
    Region *region = &g_array_index (regions, Region, first + groups->of[p]);

    region->places[region->n++] = (int) p;
  }
}

/* Segments of several sizes, from a few that are large to @smallest small ones. Returns: %NULL and
 * @error if cancelled */
static GArray *
make_regions (const SalPlane *plane, const float *x, int smallest, GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (Region));

  g_array_set_clear_func (regions, region_clear);
  for (int k = 0; k < SEGMENTATIONS; k++) {
    g_autoptr (SalGroups) groups = NULL;

    groups = sal_groups_superpixels (plane, x, MAX (smallest >> (SEGMENTATIONS - 1 - k), 2),
                                     cancellable, error);
    if (groups == NULL)
      return NULL;
    add_regions (regions, groups);
  }
  return g_steal_pointer (&regions);
}

/* The region whose places that are not covered yet have the highest mean comes next; its places get
 * that mean, so that what is taken first is highest. */
static gboolean
cover (GArray *regions, const double *attribution, gint64 n_places, float *out,
       GCancellable *cancellable, GError **error)
{
  g_autofree gboolean *covered = g_new0 (gboolean, n_places);

  for (;;) {
    Region *best = NULL;
    double best_mean = -INFINITY;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    for (guint r = 0; r < regions->len; r++) {
      Region *region = &g_array_index (regions, Region, r);
      double sum = 0;
      int n = 0;

      for (int i = 0; !region->used && i < region->n; i++)
        if (!covered[region->places[i]]) {
          sum += attribution[region->places[i]];
          n++;
        }
      if (n == 0)
        region->used = TRUE;
      else if (sum / n > best_mean) {
        best_mean = sum / n;
        best = region;
      }
    }
    if (best == NULL)
      return TRUE;
    for (int i = 0; i < best->n; i++)
      if (!covered[best->places[i]]) {
        covered[best->places[i]] = TRUE;
        out[best->places[i]] = (float) best_mean;
      }
    best->used = TRUE;
  }
}

/* Integrated Gradients from one baseline, added to @sum place by place. */
static gboolean
add_integrated (SalExplainer *explainer, const float *x, const char *from, double *sum,
                const SalProgress *progress, GError **error)
{
  SalQuery query = *sal_explainer_query (explainer);
  SalPlane plane = sal_plane_of (query.model);
  const SalShape *shape = sal_model_input_shape (query.model);
  g_autoptr (SalTensor) baseline = sal_baseline_new (query.model, from, NULL, 0, NULL, error);
  g_autoptr (SalTensor) input = sal_tensor_new_copy (SAL_FLOAT, shape, x);
  g_autoptr (SalExplainer) other = NULL;
  g_autoptr (SalTensor) map = NULL;

  if (baseline == NULL)
    return FALSE;
  query.method = &sal_method_integrated_gradients;
  query.baseline = baseline;
  other = sal_explainer_new (&query, sal_explainer_threads (explainer));
  map = query.method->explain (other, input, progress, error);
  for (gint64 p = 0; map != NULL && p < plane.height * plane.width; p++)
    for (gint64 c = 0; c < plane.channels; c++)
      sum[p] += sal_tensor_floats (map)[p * plane.place_stride + c * plane.channel_stride];
  return map != NULL;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalPlane plane = sal_plane_of (model);
  SalProgress first = sal_progress_part (progress, 0, 0.5);
  SalProgress second = sal_progress_part (progress, 0.5, 1);
  GCancellable *cancellable = sal_progress_cancellable (progress);
  SalShape shape = sal_plane_shape (&plane, model);
  g_autofree double *sum = g_new0 (double, plane.height *plane.width);
  g_autoptr (GArray) regions = NULL;
  g_autoptr (SalTensor) out = NULL;

  if (!add_integrated (explainer, x, "black", sum, &first, error) ||
      !add_integrated (explainer, x, "white", sum, &second, error))
    return NULL;
  regions = make_regions (&plane, x, (int) sal_explainer_number (explainer, "smallest"),
                          cancellable, error);
  out = sal_tensor_new (SAL_FLOAT, &shape);
  if (regions == NULL ||
      !cover (regions, sum, plane.height * plane.width, sal_tensor_edit (out), cancellable, error))
    return NULL;
  return g_steal_pointer (&out);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

static const char *
check (const SalModel *model)
{
  return sal_model_preparation (model) == NULL ? SAL_REASON_NO_REGIONS : NULL;
}

const SalMethod sal_method_xrai = {
  .id = "xrai",
  .name = "XRAI",
  .group = SAL_GROUP_PATH,
  .summary = "Regions in place of pixels: segments of many sizes, taken in order of how much "
             "attribution Integrated Gradients puts into them.",
  .formula = "next region = argmax over segments of mean attribution of what is not covered yet",
  .promise =
      "Every pixel belongs to one region, and regions come in the order of their mean attribution.",
  .advice = "Which object, in one clear shape.",
  .caveat = "A segment that holds both what matters and what does not is taken as a whole.",
  .paper = "Kapishnikov, Bolukbasi, Viégas, Terry: XRAI: Better Attributions Through Regions. ICCV "
           "2019; segments by SLIC in place of Felzenszwalb’s.",
  .params = params,
  .is_signed = TRUE,
  .check = check,
  .explain = explain,
};
