/* In which order the names of a model's classes stand. Lists of names come with a class for the
 * background or without, sorted by name, as folders are sorted, and nothing in the files says that
 * the network was trained otherwise. A picture of which a person knows what it shows does. */
#pragma once

#include "engine/model.h"

/** SalClassOrder: other names; @title: for people, "the names in alphabetical order"; @names: ended
 *  by %NULL, one a class; @same_names: whether they are those there are, in another order */
typedef struct {
  char *title;
  char **names;
  gboolean same_names;
} SalClassOrder;

/**
 * sal_class_orders:
 * @n_classes: of the network
 * @names: (nullable): ended by %NULL, as they stand now; perhaps not @n_classes of them
 *
 * Returns: (transfer full) (element-type SalClassOrder): other orders of @names, and other lists of
 *   that many names, that may be meant; the likely ones first
 */
GPtrArray *sal_class_orders (int n_classes, const char *const *names);

/** sal_class_is_called: Returns: whether @text is @name (nullable), or whole words of it; case
 * aside
 */
gboolean sal_class_is_called (const char *name, const char *text);

/**
 * SalClassVerdict: what a picture says about the order of names
 * @SAL_CLASS_FITS: the network's answer is called as the person says
 * @SAL_CLASS_NEAR: it is not, but one of the next answers is
 * @SAL_CLASS_OTHER_ORDER: it would be, with other names
 * @SAL_CLASS_FAR: it would not with any that are known here
 * @SAL_CLASS_UNKNOWN: no class is called so
 */
typedef enum {
  SAL_CLASS_FITS,
  SAL_CLASS_NEAR,
  SAL_CLASS_OTHER_ORDER,
  SAL_CLASS_FAR,
  SAL_CLASS_UNKNOWN,
} SalClassVerdict;

/**
 * SalClassFinding:
 * @rank: of the highest answer that is called so, 1 for the first; 0 if there is none
 * @probability: of that answer
 * @order: (nullable): whose names would fit
 */
typedef struct {
  SalClassVerdict verdict;
  int rank;
  double probability;
  SalClassOrder *order;
} SalClassFinding;

/**
 * sal_class_order_check:
 * @names: as they stand now
 * @orders: of those names
 * @predictions: (element-type SalPrediction): of a picture, all classes, highest first
 * @text: what a person says that the picture shows
 *
 * Returns: what that says about the names; its order belongs to @orders
 */
SalClassFinding sal_class_order_check (const char *const *names, const GPtrArray *orders,
                                       const GArray *predictions, const char *text);
