#include "app/layer-row.h"

#include <string.h>

struct _SalLayerRow {
  GObject parent_instance;

  SalNodeSummary summary;
  char *texts[5]; /* as the properties */
  char *folded;   /* name and operator, for searching */
};

G_DEFINE_FINAL_TYPE (SalLayerRow, sal_layer_row, G_TYPE_OBJECT)

static const char *const names[] = { "name", "operator", "output", "parameters", "work" };

char *
sal_shape_text (const SalShape *shape)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "×" : "", shape->dim[i]);
  return g_string_free (text, FALSE);
}

char *
sal_count_text (gint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  gsize n = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0)
      g_string_append (text, " "); /* narrow, no break */
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

char *
sal_amount_text (double amount)
{
  static const char *const units[] = { "", " k", " M", " G", " T", " P" };
  gsize i = 0;

  for (; amount >= 999.5 && i + 1 < G_N_ELEMENTS (units); i++)
    amount /= 1000;
  return g_strdup_printf ("%.*f%s",
                          i == 0 || amount >= 99.95 ? 0
                          : amount >= 9.995         ? 1
                                                    : 2,
                          amount, units[i]);
}

static void
sal_layer_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_string (value, SAL_LAYER_ROW (object)->texts[id - 1]);
}

static void
sal_layer_row_finalize (GObject *object)
{
  SalLayerRow *self = SAL_LAYER_ROW (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  g_free (self->folded);
  G_OBJECT_CLASS (sal_layer_row_parent_class)->finalize (object);
}

static void
sal_layer_row_class_init (SalLayerRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sal_layer_row_get_property;
  object_class->finalize = sal_layer_row_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (names[i], NULL, NULL, NULL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
sal_layer_row_init (SalLayerRow *self)
{
}

SalLayerRow *
sal_layer_row_new (const SalNodeSummary *summary)
{
  SalLayerRow *self = g_object_new (SAL_TYPE_LAYER_ROW, NULL);
  g_autofree char *both = g_strdup_printf ("%s\n%s", summary->name, summary->op_type);

  self->summary = *summary;
  self->texts[0] = g_strdup (summary->name);
  self->texts[1] = g_strdup (summary->op_type);
  self->texts[2] = sal_shape_text (&summary->shape);
  self->texts[3] = summary->parameters > 0 ? sal_count_text (summary->parameters) : g_strdup ("");
  self->texts[4] = summary->multiply_adds > 0 ? sal_amount_text ((double) summary->multiply_adds)
                                              : g_strdup ("");
  self->folded = g_utf8_casefold (both, -1);
  return self;
}

const SalNodeSummary *
sal_layer_row_summary (SalLayerRow *self)
{
  return &self->summary;
}

gboolean
sal_layer_row_matches (SalLayerRow *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (self->folded, folded) != NULL;
}
