/* What is asked: of which class, with which method and settings. Whatever changes is answered. */
#include "app/document-private.h"

#include "engine/explain/smooth.h"

void
sal_document_set_target (SalDocument *self, int class_index)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  if (self->view == NULL || self->target == class_index)
    return;
  g_return_if_fail (class_index >= 0 && class_index < sal_model_n_classes (self->model));
  self->target = class_index;
  if (self->versus == class_index) {
    self->versus = -1;
    sal_document_notify (self, PROP_VERSUS);
  }
  sal_document_notify (self, PROP_TARGET);
  sal_document_explain (self, SAL_LANE_REPLACE);
}

int
sal_document_target (SalDocument *self)
{
  return self->target;
}

void
sal_document_set_versus (SalDocument *self, int class_index)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  if (self->view == NULL || self->versus == class_index || self->target == class_index)
    return;
  g_return_if_fail (class_index >= -1 && class_index < sal_model_n_classes (self->model));
  self->versus = class_index;
  sal_document_notify (self, PROP_VERSUS);
  sal_document_explain (self, SAL_LANE_REPLACE);
}

int
sal_document_versus (SalDocument *self)
{
  return self->versus;
}

void
sal_document_set_kind (SalDocument *self, SalOutputKind kind)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  if (self->kind == kind)
    return;
  self->kind = kind;
  sal_document_notify (self, PROP_KIND);
  sal_document_explain (self, SAL_LANE_REPLACE);
}

SalOutputKind
sal_document_kind (SalDocument *self)
{
  return self->kind;
}

void
sal_document_set_method (SalDocument *self, const SalMethod *method)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self) && method != NULL);
  if (self->method == method || sal_method_reason (method, self->model) != NULL)
    return;
  self->method = method;
  sal_document_notify (self, PROP_METHOD);
  sal_document_notify (self, PROP_SETTINGS);
  sal_document_explain (self, SAL_LANE_REPLACE);
}

const SalMethod *
sal_document_method (SalDocument *self)
{
  return self->method;
}

const SalSettings *
sal_document_recall (SalDocument *self, const SalMethod *method)
{
  SalSettings *settings = g_hash_table_lookup (self->settings, method->id);

  if (settings == NULL) {
    settings = sal_settings_new ();
    g_hash_table_insert (self->settings, (gpointer) method->id, settings);
  }
  return settings;
}

void
sal_document_remember (SalDocument *self, const SalMethod *method, const SalSettings *settings)
{
  g_hash_table_insert (self->settings, (gpointer) method->id, sal_settings_copy (settings));
}

const SalSettings *
sal_document_settings (SalDocument *self)
{
  return sal_document_recall (self, self->method);
}

void
sal_document_forget_layers (SalDocument *self, SalModel *model)
{
  const SalMethod *const *methods = sal_methods ();

  for (int i = 0; methods[i] != NULL; i++) {
    SalSettings *settings = g_hash_table_lookup (self->settings, methods[i]->id);

    for (const SalParam *param = methods[i]->params;
         settings != NULL && param != NULL && param->key != NULL; param++)
      if (param->kind == SAL_PARAM_LAYER && *sal_settings_text (settings, param) != '\0' &&
          sal_model_find_value (model, sal_settings_text (settings, param), NULL) == SAL_NO_VALUE)
        sal_settings_set_text (settings, param, "", NULL);
  }
}

/* Whether what is being worked on is part of what is asked for now: the same, but of fewer samples.
 * Then it is better brought to its end and gone on from than begun again. */
static gboolean
asks_for_more (SalDocument *self, const SalSettings *settings)
{
  static const char *const keys[] = { "samples", "draws", "permutations" };
  const SalParam *lists[] = { sal_smooth_params (), self->method->params };

  if (self->asked == NULL || self->state != SAL_DOCUMENT_RUNNING ||
      self->asked->method != self->method)
    return FALSE;
  for (gsize l = 0; l < G_N_ELEMENTS (lists); l++)
    for (gsize k = 0; k < G_N_ELEMENTS (keys); k++) {
      const SalParam *param = lists[l] != NULL ? sal_param_find (lists[l], keys[k]) : NULL;
      if (param == NULL || sal_settings_number (settings, param) <=
                               sal_settings_number (self->asked->settings, param))
        continue;
      g_autoptr (SalSettings) fewer = sal_settings_copy (settings);
      sal_settings_set_number (fewer, param, sal_settings_number (self->asked->settings, param),
                               NULL);
      return sal_settings_equal (fewer, self->asked->settings, lists[0]) &&
             sal_settings_equal (fewer, self->asked->settings, lists[1]);
    }
  return FALSE;
}

void
sal_document_set_settings (SalDocument *self, const SalSettings *settings)
{
  g_return_if_fail (SAL_IS_DOCUMENT (self));
  SalLaneManner manner = asks_for_more (self, settings) ? SAL_LANE_QUEUE : SAL_LANE_FOLLOW;
  sal_document_remember (self, self->method, settings);
  sal_document_notify (self, PROP_SETTINGS);
  sal_document_explain (self, manner);
}

void
sal_document_set_question (SalDocument *self, const SalMethod *method, const SalSettings *settings,
                           SalTarget target)
{
  self->target = target.class_index;
  self->versus = target.versus;
  self->kind = target.kind;
  self->method = method;
  sal_document_remember (self, method, settings);
}

void
sal_document_notify_question (SalDocument *self)
{
  sal_document_notify (self, PROP_METHOD);
  sal_document_notify (self, PROP_SETTINGS);
  sal_document_notify (self, PROP_TARGET);
  sal_document_notify (self, PROP_VERSUS);
  sal_document_notify (self, PROP_KIND);
}

void
sal_document_ask (SalDocument *self, const SalMethod *method, const SalSettings *settings,
                  SalTarget target)
{
  const SalSettings *now = sal_document_settings (self);

  g_return_if_fail (SAL_IS_DOCUMENT (self) && method != NULL);
  if (sal_method_reason (method, self->model) != NULL)
    return;
  gboolean same = method == self->method && target.class_index == self->target &&
                  target.versus == self->versus && target.kind == self->kind &&
                  sal_settings_equal (settings, now, method->params) &&
                  sal_settings_equal (settings, now, sal_smooth_params ());
  sal_document_set_question (self, method, settings, target);
  sal_document_notify_question (self);
  if (!same)
    sal_document_explain (self, SAL_LANE_REPLACE);
}
