#include "engine/base/error.h"
#include "engine/base/random.h"
#include "engine/explain/baseline.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/path.h"

#include <string.h>

/* Streams of random numbers that no other use draws from. */
#define STREAM (G_GUINT64_CONSTANT (1) << 60)
#define MAX_REFERENCES 4096

static const SalParam params[] = {
  { .key = "draws",
    .label = "Draws",
    .help = "Pairs of a reference and a place on the way from it to the picture.",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 10000,
    .otherwise = 100,
    .logarithmic = TRUE },
  { .key = "references",
    .label = "References",
    .help = "A folder of pictures to draw references from; without one they are noise.",
    .kind = SAL_PARAM_FOLDER },
  { .key = "draw-seed",
    .label = "Seed of the draws",
    .help = "The same seed gives the same map.",
    .kind = SAL_PARAM_INT,
    .max = 4294967295.0,
    .advanced = TRUE },
  { .key = "baselines",
    .label = "References, given",
    .help = "A .npy array of references, N × the input’s shape, in place of drawn ones.",
    .kind = SAL_PARAM_ARRAY,
    .advanced = TRUE },
  { .key = "alphas",
    .label = "Places, given",
    .help = "A .npy array of N places between 0 (the reference) and 1 (the picture).",
    .kind = SAL_PARAM_ARRAY,
    .advanced = TRUE },
  { NULL },
};

typedef struct {
  const SalQuery *query;
  const float *x;
  gint64 n;
  gint64 draws;
  guint64 seed;
  const float *given; /* references, or NULL */
  gint64 n_given;
  const float *alphas; /* or NULL */
  GPtrArray *pictures; /* of SalTensor, or NULL */
  const float *low;    /* noise: prepared black and white */
  const float *high;
} Expected;

/* The reference of a draw into @out. */
static void
reference (const Expected *e, gint64 index, float *out)
{
  float u;

  if (e->given != NULL) {
    memcpy (out, e->given + index % e->n_given * e->n, e->n * sizeof (float));
    return;
  }
  if (e->pictures != NULL) {
    sal_random_uniforms (e->seed, STREAM + 2 * index, &u, 1);
    memcpy (out, sal_tensor_floats (e->pictures->pdata[(guint) (u * (double) e->pictures->len)]),
            e->n * sizeof (float));
    return;
  }
  sal_random_uniforms (e->seed, STREAM + 2 * index, out, e->n);
  for (gint64 i = 0; i < e->n; i++)
    out[i] = e->low[i] + out[i] * (e->high[i] - e->low[i]);
}

/* Drawn places are van der Corput's points, 1/2, 1/4, 3/4, 1/8 ..., moved round the circle by a
 * random length: however many there are, they lie evenly, and more of them leave the first ones
 * where they are. */
static float
alpha_of (const Expected *e, gint64 index)
{
  float u;
  double place = 0, half = 0.5;

  if (e->alphas != NULL)
    return e->alphas[index];
  for (gint64 bits = index; bits > 0; bits >>= 1, half /= 2)
    place += half * (double) (bits & 1);
  sal_random_uniforms (e->seed, STREAM + 1, &u, 1);
  place += u;
  return (float) (place < 1 ? place : place - 1);
}

static void
point (gint64 index, float *x, gpointer data)
{
  const Expected *e = data;

  reference (e, index, x);
  sal_path_straight (x, e->x, alpha_of (e, index), e->n, x);
}

static void
step (const SalPoint *at, double *way, gpointer data)
{
  Expected *e = data;
  g_autofree float *start = g_new (float, e->n);

  reference (e, at->index, start);
  for (gint64 i = 0; i < e->n; i++)
    way[i] = (double) e->x[i] - start[i];
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Every picture of a folder that can be read, in order of their names. */
static GPtrArray *
load_pictures (SalModel *model, const char *folder, const SalProgress *progress, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) pictures =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL && names->len < MAX_REFERENCES)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (SalImage) image = NULL;
    SalTensor *input;

    if (!sal_progress_step (progress, 0, NULL, error))
      return NULL;
    image = sal_image_load (names->pdata[i], NULL);
    input = image != NULL ? sal_model_prepare (model, image, NULL) : NULL;
    if (input != NULL)
      g_ptr_array_add (pictures, input);
  }
  if (pictures->len == 0) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "%s: holds no picture that can be read", folder);
    return NULL;
  }
  return g_steal_pointer (&pictures);
}

/* Arrays given in place of draws. */
static gboolean
take_arrays (SalExplainer *explainer, Expected *e, GError **error)
{
  SalTensor *given = sal_explainer_array (explainer, "baselines");
  SalTensor *alphas = sal_explainer_array (explainer, "alphas");

  if (given != NULL) {
    if (sal_tensor_type (given) != SAL_FLOAT || sal_tensor_count (given) == 0 ||
        sal_tensor_count (given) % e->n != 0) {
      sal_error_set (error, SAL_ERROR_SHAPE,
                     "baselines: not a whole number of inputs of %" PRId64 " floats", e->n);
      return FALSE;
    }
    e->given = sal_tensor_floats (given);
    e->n_given = e->draws = sal_tensor_count (given) / e->n;
  }
  if (alphas != NULL) {
    if (sal_tensor_type (alphas) != SAL_FLOAT || sal_tensor_count (alphas) == 0 ||
        (given != NULL && sal_tensor_count (alphas) != e->n_given)) {
      sal_error_set (error, SAL_ERROR_SHAPE, "alphas: needs %" PRId64 " floats, has %" PRId64,
                     e->draws, sal_tensor_count (alphas));
      return FALSE;
    }
    e->alphas = sal_tensor_floats (alphas);
    e->draws = sal_tensor_count (alphas);
  }
  return TRUE;
}

/* Between which numbers noise is drawn: what pixels can be, and without pixels what the input's
 * elements are. */
static gboolean
find_range (SalModel *model, const float *x, gint64 n, SalTensor **low, SalTensor **high,
            GError **error)
{
  float least = x[0], most = x[0];

  if (sal_model_preparation (model) != NULL) {
    *low = sal_baseline_new (model, "black", NULL, 0, NULL, error);
    *high = *low != NULL ? sal_baseline_new (model, "white", NULL, 0, NULL, error) : NULL;
    return *high != NULL;
  }
  *low = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  *high = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  for (gint64 i = 1; i < n; i++) {
    least = MIN (least, x[i]);
    most = MAX (most, x[i]);
  }
  for (gint64 i = 0; i < n; i++) {
    ((float *) sal_tensor_edit (*low))[i] = least;
    ((float *) sal_tensor_edit (*high))[i] = most;
  }
  return TRUE;
}

/* From what an earlier answer has of the same draws, if there is one. */
static SalSamples *
go_on (SalExplainer *explainer, const SalScorer *scorer, gint64 draws)
{
  static const char *const but[] = { "draws", NULL };
  const SalSamples *earlier = sal_explainer_earlier (explainer, "draws", draws, but);

  return earlier != NULL ? sal_samples_copy (earlier)
                         : sal_samples_new ("draws", sal_scorer_wrt_shape (scorer));
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (query->model), NULL, error);
  const char *folder = sal_explainer_text (explainer, "references");
  gint64 n = sal_shape_count (sal_model_input_shape (query->model));
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (SalSamples) samples = NULL;
  g_autoptr (SalTensor) low = NULL, high = NULL;
  Expected e = { .query = query,
                 .x = x,
                 .n = n,
                 .draws = (gint64) sal_explainer_number (explainer, "draws"),
                 .seed = (guint64) sal_explainer_number (explainer, "draw-seed") };
  SalPath path = { .mean = TRUE, .point = point, .step = step, .data = &e };

  if (scorer == NULL || !take_arrays (explainer, &e, error))
    return NULL;
  if (e.given == NULL && *folder != '\0') {
    e.pictures = pictures = load_pictures (query->model, folder, progress, error);
    if (pictures == NULL)
      return NULL;
  } else if (e.given == NULL) {
    if (!find_range (query->model, x, n, &low, &high, error))
      return NULL;
    e.low = sal_tensor_floats (low);
    e.high = sal_tensor_floats (high);
  }
  samples = go_on (explainer, scorer, e.draws);
  path.n = e.draws;
  path.first = samples->count;
  path.squares = samples->squares;
  if (!sal_path_integrate (explainer, scorer, &path, samples->sum, NULL, progress, error))
    return NULL;
  samples->count = e.draws;
  sal_explainer_keep (explainer, samples);
  if (samples->count > 1) {
    g_autoptr (SalTensor) errors = sal_samples_error (samples);

    sal_explainer_report (explainer, "standard-error", errors);
  }
  return sal_samples_mean (samples);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_expected_gradients = {
  .id = "expected-gradients",
  .name = "Expected Gradients",
  .group = SAL_GROUP_PATH,
  .summary = "Integrated Gradients averaged over many baselines: each draw takes one reference and "
             "one place on the way from it to the picture.",
  .formula = "A = mean over x′, α of (x − x′) ⊙ ∂f(x′ + α (x − x′)) / ∂x",
  .promise = "Complete in the mean over references; how far the sampled mean may be off is shown.",
  .advice = "When no single baseline is the right one; known as GradientSHAP, too.",
  .caveat = "It is a sampled mean: few draws leave noise, and the references decide what counts as "
            "normal.",
  .paper =
      "Erion, Janizek, Sturmfels, Lundberg, Lee: Improving performance of deep learning models "
      "with axiomatic attribution priors and expected gradients. Nature Machine Intelligence "
      "2021.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
