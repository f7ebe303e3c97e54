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

/** SalAverages: @exhibits: (element-type SalExhibit): one per class, the class with most pictures
 * first. Pictures that count in none: @n_failed that could not be read or explained, @n_rare of
 * classes too many for the order's @n_classes */
typedef struct {
  GPtrArray *exhibits;
  guint n_failed, n_rare;
} SalAverages;

void sal_averages_free (SalAverages *averages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalAverages, sal_averages_free)

/**
 * sal_work_average: SalAverageOrder to SalAverages
 *
 * Of each class the mean of the maps, each scaled so that its largest magnitude is 1 and enlarged
 * to the network's input, over the mean of the pictures as the network sees them. It is an error if
 * no picture counts.
 */
gpointer sal_work_average (gpointer order, const SalProgress *progress, GError **error);
