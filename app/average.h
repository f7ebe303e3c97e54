/* What a method shows on average over many pictures, one map per predicted class. */
#pragma once

#include "app/exhibit.h"

/** SalAverageOrder: @paths: of the pictures; each is explained for its own highest class.
 * @n_classes: the most that are averaged over, those with most pictures */
typedef struct {
  SalModel *model;
  char **paths;
  const SalMethod *method;
  SalSettings *settings;
  SalOutputKind kind;
  SalAppearance appearance;
  guint n_classes;
} SalAverageOrder;

/** sal_average_order_new: @paths: (transfer full). As many classes as a bounded memory takes: of a
 *  network that sees 224×224, some 200 */
SalAverageOrder *sal_average_order_new (SalModel *model, char **paths, const SalMethod *method,
                                        const SalSettings *settings, SalOutputKind kind,
                                        const SalSettings *looks);
void sal_average_order_free (SalAverageOrder *order);

/**
 * sal_work_average: SalAverageOrder to GPtrArray (element-type SalExhibit)
 *
 * One exhibit per class, the class with most pictures first: the mean of the maps, each scaled so
 * that its largest magnitude is 1 and enlarged to the network's input, over the mean of the
 * pictures as the network sees them. Pictures that cannot be read are left out; if none is left
 * that is an error.
 */
gpointer sal_work_average (gpointer order, const SalProgress *progress, GError **error);
