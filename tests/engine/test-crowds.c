/* Points that go through a network in few large passes where its weights are large: the same bits
 * as in smaller passes, whatever the threads. */
#include "engine/explain/scorer.h"
#include "engine/onnx/reader.h"
#include "tests/benchmarks/networks.h"
#include "tests/engine/net.h"

#include <string.h>

static SalModel *
open_network (const char *name, int size)
{
  Network *network = network_new (name, size, 1, NETWORK_SEED);
  g_autoptr (GBytes) bytes = network_to_bytes (network);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalGraph) graph = sal_onnx_read_bytes (bytes, NULL, name, NULL, &error);

  network_free (network);
  g_assert_no_error (error);

  SalModel *model = sal_model_new (graph, NULL, NULL, name, &error);

  g_assert_no_error (error);
  return model;
}

static SalAttribution *
ask (SalModel *model, SalTensor *input, const char *words, int batch, int threads)
{
  g_autoptr (SalSettings) settings = net_settings ("integrated-gradients", words);
  SalQuery query = { .model = model,
                     .method = sal_method_find ("integrated-gradients"),
                     .settings = settings,
                     .target = { 7, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .batch = batch,
                     .threads = threads };

  return net_explain_query (&query);
}

static void
test_bits (void)
{
  g_autoptr (SalModel) model = open_network ("resnet-18", 64);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);

  for (int steps = 48; steps <= 50; steps += 2) {
    g_autofree char *words = g_strdup_printf ("steps=%d", steps);
    g_autoptr (SalAttribution) small = ask (model, input, words, 5, 2);

    for (int threads = 1; threads <= 3; threads++) {
      g_autoptr (SalAttribution) a = ask (model, input, words, 0, threads);

      g_assert_cmpmem (sal_tensor_floats (a->values), sal_tensor_count (a->values) * sizeof (float),
                       sal_tensor_floats (small->values),
                       sal_tensor_count (small->values) * sizeof (float));
    }
  }
}

/* How many points go together depends on the network, their number and the threads. */
static void
test_choice (void)
{
  static const struct {
    const char *name;
    int size, threads;
    gint64 n;
    int batch;
  } cases[] = {
    { "resnet-18", 64, 1, 1, 1 },        { "resnet-18", 64, 1, 3, 1 },
    { "resnet-18", 64, 2, 30, 5 },       { "resnet-18", 64, 2, 50, 25 },
    { "resnet-18", 64, 2, 48, 25 },      { "resnet-18", 64, 2, 60, 5 },
    { "resnet-18", 64, 3, 50, 5 },       { "resnet-18", 64, 2, 75, 5 },
    { "resnet-18", 64, 1, 75, 25 },      { "resnet-18", 64, 2, 100, 25 },
    { "squeezenet-1.1", 224, 2, 50, 5 },
  };
  const char *name = "";
  g_autoptr (SalModel) model = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SalTarget target = { 7, -1, SAL_OUTPUT_LOGIT };
    g_autoptr (SalScorer) scorer = NULL;

    if (!g_str_equal (name, cases[i].name)) {
      g_clear_pointer (&model, sal_model_unref);
      model = open_network (cases[i].name, cases[i].size);
      name = cases[i].name;
    }
    scorer =
        sal_scorer_new (model, &target, sal_model_input (model), NULL, cases[i].threads, 0, NULL);
    g_assert_cmpint (sal_scorer_batch (scorer, cases[i].n), ==, cases[i].batch);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/crowds/bits", test_bits);
  g_test_add_func ("/engine/crowds/choice", test_choice);
  return g_test_run ();
}
